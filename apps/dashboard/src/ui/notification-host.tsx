"use client";
import dynamic from "next/dynamic";
import { useEffect, useState } from "react";
import { provideNotifications } from "./notify.ts";

const Notifications = dynamic(
  () => import("@mantine/notifications").then((module) => module.Notifications),
  { ssr: false },
);

/** Where notifications appear, once there is one. */
export function NotificationHost() {
  const [isWanted, setWanted] = useState(false);
  useEffect(() => provideNotifications(() => setWanted(true)), []);
  return isWanted ? <Notifications position="bottom-right" containerWidth={340} /> : null;
}
