import type { Provider } from "../api/types.ts";

/** Returns what a number is called: its display name, else its phone number or Meta's id of it. */
export function numberTitle({
  displayName,
  phoneNumber,
  phoneNumberId,
}: Pick<Provider, "displayName" | "phoneNumber" | "phoneNumberId">): string {
  return displayName ?? phoneNumber ?? phoneNumberId;
}
