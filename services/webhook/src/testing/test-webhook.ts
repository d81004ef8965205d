import { randomBytes } from "node:crypto";
import { encryptSecret } from "@loudhailer/core/secrets/encrypt-secret.ts";
import { createDb } from "@loudhailer/db/create-db.ts";
import { createPool } from "@loudhailer/db/create-pool.ts";
import { readInstallationId } from "@loudhailer/db/read-installation-id.ts";
import { createLogger } from "@loudhailer/runtime/logger.ts";
import { createMetrics } from "@loudhailer/runtime/metrics.ts";
import { useTestDatabase } from "@loudhailer/testing/test-environment.ts";
import { formatCallbackData } from "@loudhailer/whatsapp/callback-data.ts";
import { signBody } from "@loudhailer/whatsapp/webhook-signature.ts";
import { sql } from "kysely";
import { afterAll } from "vitest";
import { buildApp } from "../app.ts";
import { startBackground } from "../start-background.ts";

const platformAppSecret = "platform-app-secret";

const keyring = { currentId: "k1", keys: new Map([["k1", randomBytes(32)]]) };

export function encrypt(secret: string): string {
  return encryptSecret(keyring, secret);
}

/** Starts the service on a free port over `databaseUrl`, with a client that signs like Meta. */
export async function startTestWebhook(databaseUrl: string) {
  const pool = createPool({
    connectionString: databaseUrl,
    role: "loudhailer_engine",
    connectTimeoutMs: 1_000,
  });
  const metrics = createMetrics("webhook");
  const log = createLogger({ service: "webhook", level: "silent" });
  const background = startBackground({ pool, db: createDb(pool), keyring, platformAppSecret }, log);
  const app = buildApp({ pool, keyring, platformAppSecret, seen: background.seen, log, metrics });
  const origin = await app.listen({ host: "127.0.0.1", port: 0 });
  const url = `${origin}/webhooks/whatsapp`;
  return {
    url,
    origin,
    metrics,
    /** Posts `body`, unchanged if it is text. */
    post: (body: object | string, appSecret = platformAppSecret) => {
      const text = typeof body === "string" ? body : JSON.stringify(body);
      return fetch(url, {
        method: "POST",
        body: text,
        headers: {
          "content-type": "application/json",
          "x-hub-signature-256": signBody({ rawBody: text, appSecret }),
        },
      });
    },
    close: async () => {
      await app.close();
      await background.close();
      await pool.end();
    },
  };
}

/**
 * Starts the service over a new database, with a direct connection to it. Closes both after the
 * file's tests.
 */
export async function useTestWebhook() {
  const { databaseUrl } = await useTestDatabase();
  const db = openDb(databaseUrl);
  const webhook = await startTestWebhook(databaseUrl);
  const dataOf = await openDataOf(db);
  afterAll(async () => {
    await webhook.close();
    await db.destroy();
  });
  return { db, webhook, dataOf };
}

/** Returns the id of the attempt that `dataOf` names. */
export function attemptOf(recipientId: string): string {
  return `00000000-0000-4000-8000-${recipientId.slice(-12).padStart(12, "0")}`;
}

/** Returns a function for the callback data of a recipient's message. */
export async function openDataOf(db: ReturnType<typeof openDb>) {
  const installationId = await readInstallationId(db);
  return (recipientId: string) =>
    formatCallbackData(installationId, recipientId, attemptOf(recipientId));
}

/** Makes a broadcast's recipients look as if their messages were under way. */
export async function startSending(
  db: ReturnType<typeof openDb>,
  broadcastId: string,
): Promise<void> {
  await sql`
    update whatsapp_broadcast_recipients set status = 'sending', attempts = 1,
      attempt_id = ('00000000-0000-4000-8000-' || lpad(right(id::text, 12), 12, '0'))::uuid
    where broadcast_id = ${broadcastId}
  `.execute(db);
}

/** Opens a direct connection to the database with the rights of the login. */
export function openDb(databaseUrl: string) {
  return createDb(createPool({ connectionString: databaseUrl, max: 2 }));
}

interface Number {
  phoneNumberId: string;
  wabaId: string;
}

export interface StatusFields {
  id?: string;
  status?: string;
  timestamp?: string;
  biz_opaque_callback_data?: string;
  errors?: object[];
}

export function statusOf(fields: StatusFields): object {
  return {
    id: "wamid.test",
    status: "sent",
    timestamp: "1790000000",
    recipient_id: "15550100000",
    ...fields,
  };
}

export function entryOf({ phoneNumberId, wabaId }: Number, statuses: readonly object[]): object {
  const metadata = { display_phone_number: "15550001111", phone_number_id: phoneNumberId };
  const value = { messaging_product: "whatsapp", metadata, statuses };
  return { id: wabaId, changes: [{ field: "messages", value }] };
}

export function postOf(...entry: object[]): object {
  return { object: "whatsapp_business_account", entry };
}
