import { verifySignature } from "@loudhailer/whatsapp/webhook-signature.ts";
import type { WebhookPayload } from "@loudhailer/whatsapp/webhook-payload.ts";
import type { ProviderDirectory, SigningProvider } from "./provider-directory.ts";
import { SignatureError, UnavailableError } from "./webhook-errors.ts";

export type Change = WebhookPayload["changes"][number];

export interface AuthenticChange {
  change: Change;
  /** Null where nobody here has the number or WABA. */
  organizationId: string | null;
}

export interface AuthenticChanges {
  authentic: AuthenticChange[];
  /** Changes of somebody's number that this body's signer may not speak for. */
  rejected: Change[];
}

// What an unsigned request may cost: trying many secrets on a large body is bounded by this.
const HASHED_BYTES_MAX = 64 * 1024 * 1024;

/**
 * Sorts a POST's changes by whether the app secret of the number (or WABA) each belongs to has
 * signed the raw body. What belongs to nobody here is authentic when any secret known here has.
 * Throws SignatureError when nothing is, UnavailableError when a secret can't be decrypted.
 */
export async function authenticateChanges(
  directory: ProviderDirectory,
  input: { rawBody: Buffer; signature: string | undefined; changes: readonly Change[] },
): Promise<AuthenticChanges> {
  const { rawBody, signature, changes } = input;
  const verdicts = new Map<string, boolean>();

  function signedBy(appSecret: string): boolean {
    let verdict = verdicts.get(appSecret);
    if (verdict === undefined) {
      verdict = verifySignature({ rawBody, header: signature, appSecret });
      verdicts.set(appSecret, verdict);
    }
    return verdict;
  }

  const owned = await Promise.all(
    changes.map(async (change) => ({ change, providers: await ownersOf(directory, change) })),
  );
  const authentic: AuthenticChange[] = [];
  const rejected: Change[] = [];
  const ownerless: Change[] = [];
  for (const { change, providers } of owned) {
    if (providers.length === 0) {
      ownerless.push(change);
      continue;
    }
    const organizationIds = new Set(
      providers.filter((provider) => mayVerify(provider, signedBy)).map((p) => p.organizationId),
    );
    for (const organizationId of organizationIds) authentic.push({ change, organizationId });
    if (organizationIds.size === 0) rejected.push(change);
  }

  const mayBeAnyones = ownerless.length > 0 || changes.length === 0;
  const signed =
    authentic.length > 0 ||
    (mayBeAnyones && (await signedByAny(directory, rawBody.byteLength, signedBy)));
  if (!signed) throw new SignatureError();
  authentic.push(...ownerless.map((change) => ({ change, organizationId: null })));
  return { authentic, rejected };
}

async function ownersOf(
  directory: ProviderDirectory,
  { phoneNumberId, wabaId }: Change,
): Promise<readonly SigningProvider[]> {
  if (phoneNumberId !== null) return directory.byNumber(phoneNumberId);
  return wabaId === "" ? [] : directory.byWaba(wabaId);
}

function mayVerify(provider: SigningProvider, signedBy: (secret: string) => boolean): boolean {
  const { appSecret } = provider;
  if (appSecret === null) return false;
  // Meta must send it again: refusing would lose it once the key is back.
  if (typeof appSecret !== "string") throw new UnavailableError("An app secret is unreadable.");
  return signedBy(appSecret);
}

async function signedByAny(
  directory: ProviderDirectory,
  bodyBytes: number,
  signedBy: (secret: string) => boolean,
): Promise<boolean> {
  const secrets = await directory.appSecrets();
  const triesMax = Math.max(1, Math.floor(HASHED_BYTES_MAX / Math.max(bodyBytes, 1)));
  return secrets.slice(0, triesMax).some(signedBy);
}
