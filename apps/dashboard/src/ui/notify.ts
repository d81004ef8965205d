"use client";
import type { NotificationData } from "@mantine/notifications";

let wantHost: () => void = () => undefined;

/** Says how the place where notifications appear is put on the page. */
export function provideNotifications(want: () => void): void {
  wantHost = want;
}

/** Shows a notification. Its code is loaded with the first one. */
export function notify(data: NotificationData): void {
  async function show(): Promise<void> {
    const { notifications } = await import("@mantine/notifications");
    notifications.show(data);
  }
  wantHost();
  void show();
}
