"use client";
import { authApi } from "./browser.ts";

/**
 * Signs out and opens the sign-in page, which leads to `next` afterwards. The full page load clears
 * the account's data from memory.
 */
export async function signOut(next?: string): Promise<void> {
  await authApi("/sign-out", {});
  window.location.assign(next ? `/sign-in?next=${encodeURIComponent(next)}` : "/sign-in");
}
