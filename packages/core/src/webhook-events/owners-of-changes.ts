import type { Database } from "@loudhailer/db/database.ts";
import type { Keyring } from "@loudhailer/runtime/keyring.ts";
import type { WebhookChange } from "@loudhailer/whatsapp/webhook-payload.ts";
import type { Kysely } from "kysely";
import { decryptOrNull } from "../secrets/decrypt-or-null.ts";
import { keyOfOwner, underEachOwner, type OwnedChange } from "./owned-change.ts";
import { secretFingerprint } from "./secret-fingerprint.ts";
import { findWebhookProviders, type WebhookProvider } from "./webhook-provider.ts";

export interface SigningSecrets {
  keyring: Keyring;
  platformAppSecret: string | undefined;
}

export interface KeptChange {
  change: WebhookChange;
  /** Owner of the change when it arrived; null if it had none. */
  organizationId: string | null;
  signedWith: Buffer | null;
}

/**
 * Returns each stored change under its owners among the organizations that have its number or WABA
 * now: the owner when it arrived, or, if it had none, organizations whose app secret signed it.
 */
export async function ownersOfChanges(
  db: Kysely<Database>,
  secrets: SigningSecrets,
  kept: readonly KeptChange[],
): Promise<OwnedChange[][]> {
  const keys = kept.map(({ change }) => keyOfOwner(change));
  const numbers = keys.flatMap(({ numberId }) => numberId ?? []);
  const wabas = keys.flatMap(({ numberId, wabaId }) => (numberId === null ? wabaId : []));
  const byNumber = await groupProviders(db, "phoneNumberId", numbers);
  const byWaba = await groupProviders(db, "wabaId", wabas);
  return kept.map((one, index) => {
    const { numberId, wabaId } = keys[index] ?? keyOfOwner(one.change);
    const providers = numberId === null ? byWaba.get(wabaId) : byNumber.get(numberId);
    return ownersAmong(providers ?? [], secrets, one);
  });
}

async function groupProviders(
  db: Kysely<Database>,
  key: "phoneNumberId" | "wabaId",
  ids: readonly string[],
): Promise<Map<string, WebhookProvider[]>> {
  if (ids.length === 0) return new Map();
  const providers = await findWebhookProviders(db, key, [...new Set(ids)]);
  return Map.groupBy(providers, (provider) => provider[key]);
}

function ownersAmong(
  providers: readonly WebhookProvider[],
  secrets: SigningSecrets,
  { change, organizationId, signedWith }: KeptChange,
): OwnedChange[] {
  const owners = providers.filter((provider) =>
    organizationId === null
      ? signedWith !== null && isSignedBy(provider, secrets, signedWith)
      : provider.organizationId === organizationId,
  );
  return underEachOwner(change, owners, signedWith);
}

function isSignedBy(
  { appSecret }: WebhookProvider,
  { keyring, platformAppSecret }: SigningSecrets,
  signedWith: Buffer,
): boolean {
  // An event whose secret no key decrypts has no owner, and is kept.
  const secret = appSecret === null ? platformAppSecret : decryptOrNull(keyring, appSecret);
  return typeof secret === "string" && secretFingerprint(secret).equals(signedWith);
}
