import {
  keyOfOwner,
  underEachOwner,
  type OwnedChange,
} from "@loudhailer/core/webhook-events/owned-change.ts";
import { secretFingerprint } from "@loudhailer/core/webhook-events/secret-fingerprint.ts";
import type { WebhookChange } from "@loudhailer/whatsapp/webhook-payload.ts";
import { verifySignature } from "@loudhailer/whatsapp/webhook-signature.ts";
import type { ProviderDirectory, SigningProvider } from "./provider-directory.ts";
import { SignatureError, UnavailableError } from "./webhook-errors.ts";

export interface AuthenticChanges {
  authentic: OwnedChange[];
  /** Changes of numbers or WABAs whose own app secret did not sign the body. */
  rejected: WebhookChange[];
}

export interface Authentication {
  /** Fingerprint of the app secret that signed the body. */
  signedWith: Buffer;
  /**
   * Divides changes of the body by whether the app secret of their number or WABA signed it.
   * Changes of unknown numbers and WABAs are authentic.
   * @throws UnavailableError if a secret can't be decrypted
   */
  divide(changes: readonly WebhookChange[]): Promise<AuthenticChanges>;
}

// Bytes hashed for one unsigned request: limits how many secrets are tried on a large body.
const hashedBytesMax = 64 * 1024 * 1024;
const firstChanges = 50;

/**
 * Finds the app secret that signed a body. Tries the secrets of the numbers that its first changes
 * name. If one of these is unknown or there are further changes, tries the other known secrets too,
 * as many as `hashedBytesMax` allows.
 * @throws SignatureError if none of these secrets signed the body
 * @throws UnavailableError if a secret can't be decrypted
 */
export async function authenticateBody(
  directory: ProviderDirectory,
  input: SignedBody & { changes: readonly WebhookChange[] },
): Promise<Authentication> {
  const { changes } = input;
  const verdicts = createVerdicts(input);
  // An unsigned body may name thousands of numbers, so only the first are looked up.
  const first = await findOwners(directory, changes.slice(0, firstChanges));
  const mayBeAnySecret = hasUnknownOwner(first) || changes.length > firstChanges;
  if (!first.some(({ providers }) => signingOf(providers, verdicts).length > 0) && mayBeAnySecret) {
    (await secretsToTry(directory, input.rawBody.byteLength)).some(verdicts.isSignedBy);
  }
  const signer = verdicts.signer();
  if (signer === null) throw new SignatureError();
  const signedWith = fingerprintOf(signer);
  return {
    signedWith,
    divide: async (slice) =>
      divideByOwner(await findOwners(directory, slice), verdicts, signedWith),
  };
}

interface SignedBody {
  rawBody: Buffer;
  signature: string | undefined;
}

type Verdicts = ReturnType<typeof createVerdicts>;

/** Verifies the signature with app secrets, each at most once. */
function createVerdicts({ rawBody, signature }: SignedBody) {
  const verdicts = new Map<string, boolean>();
  let signer: string | null = null;
  return {
    signer: () => signer,
    isSignedBy(this: void, appSecret: string): boolean {
      let verdict = verdicts.get(appSecret);
      if (verdict === undefined) {
        verdict = verifySignature({ rawBody, header: signature, appSecret });
        verdicts.set(appSecret, verdict);
        if (verdict) signer = appSecret;
      }
      return verdict;
    },
  };
}

interface ChangeOfProviders {
  change: WebhookChange;
  providers: readonly SigningProvider[];
}

function hasUnknownOwner(owned: readonly ChangeOfProviders[]): boolean {
  return owned.length === 0 || owned.some(({ providers }) => providers.length === 0);
}

function divideByOwner(
  owned: readonly ChangeOfProviders[],
  verdicts: Verdicts,
  signedWith: Buffer,
): AuthenticChanges {
  const authentic: OwnedChange[] = [];
  const rejected: WebhookChange[] = [];
  for (const { change, providers } of owned) {
    const signing = signingOf(providers, verdicts);
    if (providers.length === 0) {
      authentic.push({ change, organizationId: null, providerId: null, signedWith });
    } else if (signing.length === 0) rejected.push(change);
    else authentic.push(...underEachOwner(change, signing, signedWith));
  }
  return { authentic, rejected };
}

async function findOwners(
  directory: ProviderDirectory,
  changes: readonly WebhookChange[],
): Promise<ChangeOfProviders[]> {
  return Promise.all(
    changes.map(async (change) => ({ change, providers: await ownersOf(directory, change) })),
  );
}

async function ownersOf(
  directory: ProviderDirectory,
  change: WebhookChange,
): Promise<readonly SigningProvider[]> {
  const { numberId, wabaId } = keyOfOwner(change);
  if (numberId !== null) return directory.byNumber(numberId);
  return wabaId === "" ? [] : directory.byWaba(wabaId);
}

/**
 * Returns those of `providers` whose app secret signed the body.
 * @throws UnavailableError if a secret can't be decrypted
 */
function signingOf(
  providers: readonly SigningProvider[],
  { isSignedBy }: Verdicts,
): SigningProvider[] {
  return providers.filter(({ appSecret }) => {
    if (appSecret === null) return false;
    // Makes Meta send it again: a refusal would lose the body although the key may be restored.
    if (typeof appSecret !== "string") throw new UnavailableError("An app secret is unreadable.");
    return isSignedBy(appSecret);
  });
}

async function secretsToTry(
  directory: ProviderDirectory,
  bodyBytes: number,
): Promise<readonly string[]> {
  const triesMax = Math.max(1, Math.floor(hashedBytesMax / Math.max(bodyBytes, 1)));
  return (await directory.appSecrets()).slice(0, triesMax);
}

// Cached, because there are few secrets and many requests.
const fingerprints = new Map<string, Buffer>();
const fingerprintsMax = 1_000;

function fingerprintOf(appSecret: string): Buffer {
  let fingerprint = fingerprints.get(appSecret);
  if (fingerprint === undefined) {
    if (fingerprints.size >= fingerprintsMax) fingerprints.clear();
    fingerprint = secretFingerprint(appSecret);
    fingerprints.set(appSecret, fingerprint);
  }
  return fingerprint;
}
