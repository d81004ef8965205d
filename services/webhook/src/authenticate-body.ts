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
  /** Changes of somebody's number that this body's signer may not speak for. */
  rejected: WebhookChange[];
}

export interface Authentication {
  /** Fingerprint of the app secret that signed the body. */
  signedWith: Buffer;
  /**
   * Divides changes of the body by whether the app secret of the number (or WABA) each belongs to has
   * signed it; what belongs to nobody here is authentic. Throws UnavailableError when a secret can't
   * be decrypted.
   */
  divide(changes: readonly WebhookChange[]): Promise<AuthenticChanges>;
}

// What an unsigned request may cost: trying many secrets on a large body is bounded by this.
const hashedBytesMax = 64 * 1024 * 1024;
const firstChanges = 50;

/**
 * Finds out who has signed a body: one of those whose numbers its first changes name, or, where these
 * are nobody's, anybody whose secret is known here. Throws SignatureError when nobody has,
 * UnavailableError when a secret can't be decrypted.
 */
export async function authenticateBody(
  directory: ProviderDirectory,
  input: SignedBody & { changes: readonly WebhookChange[] },
): Promise<Authentication> {
  const { changes } = input;
  const verdicts = openVerdicts(input);
  // Of a body that nobody has signed, the first of its thousands of numbers are looked up at most.
  const first = await findOwners(directory, changes.slice(0, firstChanges));
  const mayBeAnyones = isAnyNobodys(first) || changes.length > firstChanges;
  if (!first.some(({ providers }) => signingOf(providers, verdicts).length > 0) && mayBeAnyones) {
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

type Verdicts = ReturnType<typeof openVerdicts>;

/** Each secret is tried once. */
function openVerdicts({ rawBody, signature }: SignedBody) {
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

function isAnyNobodys(owned: readonly ChangeOfProviders[]): boolean {
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

/** Those of `providers` whose app secret has signed the body. */
function signingOf(
  providers: readonly SigningProvider[],
  { isSignedBy }: Verdicts,
): SigningProvider[] {
  return providers.filter(({ appSecret }) => {
    if (appSecret === null) return false;
    // Meta must send it again: refusing would lose it once the key is back.
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

// Few secrets, many requests.
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
