/**
 * Returns callback data without what differs at each attempt of one message: the part after the last
 * dot of `<installation>.<recipient id>.<attempt id>`. Other callback data is returned whole.
 */
export function withoutAttempt(callbackData: string | undefined): string | undefined {
  const parts = callbackData?.split(".");
  return parts?.length === 3 ? parts.slice(0, 2).join(".") : callbackData;
}
