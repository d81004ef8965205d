"use client";
import type { NotificationData } from "@mantine/notifications";

let mountHost: () => void = () => undefined;

/** Registers the function that mounts the container of notifications. */
export function provideNotifications(mount: () => void): void {
  mountHost = mount;
}

/** Shows a notification. The first one loads the code. */
export function notify(data: NotificationData): void {
  async function show(): Promise<void> {
    const { notifications } = await import("@mantine/notifications");
    notifications.show(data);
  }
  mountHost();
  void show();
}
