/** The attempt that a message's callback data names. */
export interface CallbackData {
  installationId: string;
  recipientId: string;
  attemptId: string;
}

const uuid = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
const shape = new RegExp(`^(${uuid})\\.(\\d{1,19})\\.(${uuid})$`);
const bigintMax = 9_223_372_036_854_775_807n;

/**
 * Returns the callback data of an attempt's message, which Meta repeats in its statuses: at most 93
 * of Meta's 512 characters.
 */
export function formatCallbackData(
  installationId: string,
  recipientId: string,
  attemptId: string,
): string {
  return `${installationId}.${recipientId}.${attemptId}`;
}

/** Reads callback data of any installation. Returns null for any other shape. */
export function parseCallbackData(callbackData: string | undefined): CallbackData | null {
  const [, installationId, recipientId, attemptId] = shape.exec(callbackData ?? "") ?? [];
  if (installationId === undefined || recipientId === undefined || attemptId === undefined) {
    return null;
  }
  return BigInt(recipientId) > bigintMax ? null : { installationId, recipientId, attemptId };
}
