/**
 * One number for each recipient: a phone number is its own digits (15 digits fit a double), a
 * business-scoped user id (BSUID) gets a negative number.
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

  /** The digits of a phone number, or the user id. */
  idOf(key: number): string {
    return key >= 0 ? String(key) : (this.#userIds[-key - 1] ?? "");
  }
}

/** The digits of a phone number written with or without `+`, spaces, hyphens or brackets; or -1. */
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
