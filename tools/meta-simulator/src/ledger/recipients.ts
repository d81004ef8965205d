/**
 * Map of each recipient to one number. A phone number maps to its own digits (15 digits fit a
 * double), a business-scoped user ID (BSUID) to a negative number.
 */
export class Recipients {
  readonly #userIds: string[] = [];
  readonly #keys = new Map<string, number>();

  keyOfUserId(userId: string): number {
    let key = this.#keys.get(userId);
    if (key === undefined) {
      this.#userIds.push(userId);
      key = -this.#userIds.length;
      this.#keys.set(userId, key);
    }
    return key;
  }

  /** Returns the digits of a phone number, or the user ID. */
  idOf(key: number): string {
    return key >= 0 ? String(key) : (this.#userIds[-key - 1] ?? "");
  }
}

/**
 * Returns the 7 to 15 digits of a phone number, or -1 if it isn't one. The number may have a
 * leading `+`, spaces, hyphens, dots, and parentheses.
 */
export function parsePhone(text: string): number {
  let digits = 0;
  let value = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 48 && code <= 57) {
      value = value * 10 + (code - 48);
      digits++;
    } else if (!(code === 43 && i === 0) && !" -().".includes(text.charAt(i))) return -1;
  }
  return digits >= 7 && digits <= 15 && value > 0 ? value : -1;
}
