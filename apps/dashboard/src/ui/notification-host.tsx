"use client";
import dynamic from "next/dynamic";
import { useEffect, useState } from "react";
import { provideNotifications } from "./notify.ts";

const Notifications = dynamic(
  () => import("@mantine/notifications").then((module) => module.Notifications),
  { ssr: false },
);

/** Mounts the container of notifications once there is one. */
export function NotificationHost() {
  const [isWanted, setWanted] = useState(false);
  useEffect(() => provideNotifications(() => setWanted(true)), []);
  return isWanted ? <Notifications position="bottom-right" containerWidth={340} /> : null;
}
