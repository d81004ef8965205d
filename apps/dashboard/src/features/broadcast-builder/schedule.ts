"use client";
import { useCallback, useEffect, useState } from "react";

/** Local time of sending in a time zone; null to send on confirmation. */
export type Schedule = { localTime: string; timeZone: string } | null;

const keyOf = (broadcastId: string): string => `loudhailer-schedule-${broadcastId}`;

/**
 * Stores a broadcast's schedule in this browser until it is confirmed: the API schedules only
 * complete broadcasts.
 */
export function useSchedule(broadcastId: string | null) {
  const [schedule, setSchedule] = useState<Schedule>(null);
  useEffect(() => {
    if (broadcastId !== null) setSchedule(readSchedule(broadcastId));
  }, [broadcastId]);
  const change = useCallback(
    (changed: Schedule) => {
      setSchedule(changed);
      if (broadcastId !== null) keepSchedule(broadcastId, changed);
    },
    [broadcastId],
  );
  return { schedule, change };
}

export function keepSchedule(broadcastId: string, schedule: Schedule): void {
  if (schedule === null) window.localStorage.removeItem(keyOf(broadcastId));
  else window.localStorage.setItem(keyOf(broadcastId), JSON.stringify(schedule));
}

function readSchedule(broadcastId: string): Schedule {
  const text = window.localStorage.getItem(keyOf(broadcastId));
  if (text === null) return null;
  const read: unknown = JSON.parse(text);
  if (typeof read !== "object" || read === null) return null;
  if (!("localTime" in read) || typeof read.localTime !== "string") return null;
  if (!("timeZone" in read) || typeof read.timeZone !== "string") return null;
  return { localTime: read.localTime, timeZone: read.timeZone };
}
