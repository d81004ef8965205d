import { createDb } from "@loudhailer/db/create-db.ts";
import { createPool } from "@loudhailer/db/create-pool.ts";
import type {
  WhatsappBroadcastsTable,
  WhatsappProvidersTable,
  WhatsappTemplatesTable,
} from "@loudhailer/db/database.ts";
import {
  createTestBroadcast,
  createTestOrganization,
  type TestOrganization,
} from "@loudhailer/testing/create-test-broadcast.ts";
import { useTestDatabase } from "@loudhailer/testing/test-environment.ts";
import type { Insertable, Updateable } from "kysely";
import { afterAll } from "vitest";
import type { ApplyOutcome } from "../meta-updates/apply-outcome.ts";
import { applyUpdate } from "../meta-updates/apply-update.ts";

export const applied: ApplyOutcome = { applied: true };
export const older: ApplyOutcome = { applied: false, reason: "older_than_applied" };

/** Returns the moment `seconds` into a past day. */
export function second(seconds: number): Date {
  return new Date(Date.UTC(2026, 5, 1) + seconds * 1000);
}

/** Opens a database with helpers for tests of updates, and closes it after the last test. */
export async function useUpdates() {
  const { databaseUrl } = await useTestDatabase();
  const owner = createDb(createPool({ connectionString: databaseUrl, max: 4 }));
  const engine = createDb(
    createPool({ connectionString: databaseUrl, role: "loudhailer_engine", max: 8 }),
  );
  afterAll(() => Promise.all([owner, engine].map((db) => db.destroy())));

  return {
    owner,
    engine,

    newOrganization: (wabaId?: string): Promise<TestOrganization> =>
      createTestOrganization(owner, wabaId === undefined ? {} : { wabaId }),

    apply: (
      { organizationId, wabaId }: TestOrganization,
      field: string,
      value: Readonly<Record<string, unknown>>,
      happenedAt: Date | null = null,
    ): Promise<ApplyOutcome> =>
      applyUpdate(engine, { organizationId, wabaId, field, value, happenedAt }),

    /** Adds another number of the organization, in the same account unless `columns` differs. */
    addNumber: async (
      { organizationId, wabaId, phoneNumberId }: TestOrganization,
      suffix: string,
      columns: Partial<Insertable<WhatsappProvidersTable>> = {},
    ): Promise<string> => {
      const { id } = await owner
        .insertInto("whatsapp_providers")
        .values({
          organization_id: organizationId,
          phone_number_id: phoneNumberId + suffix,
          waba_id: wabaId,
          access_token: "not a ciphertext",
          webhook_verify_token: phoneNumberId + suffix,
          ...columns,
        })
        .returning("id")
        .executeTakeFirstOrThrow();
      return id;
    },

    setNumber: (providerId: string, columns: Updateable<WhatsappProvidersTable>) =>
      owner.updateTable("whatsapp_providers").set(columns).where("id", "=", providerId).execute(),

    setTemplate: (templateId: string, columns: Updateable<WhatsappTemplatesTable>) =>
      owner.updateTable("whatsapp_templates").set(columns).where("id", "=", templateId).execute(),

    numberOf: (providerId: string) =>
      owner
        .selectFrom("whatsapp_providers")
        .where("id", "=", providerId)
        .selectAll()
        .executeTakeFirstOrThrow(),

    templateOf: (templateId: string) =>
      owner
        .selectFrom("whatsapp_templates")
        .where("id", "=", templateId)
        .selectAll()
        .executeTakeFirstOrThrow(),

    /** Creates a sending broadcast with the organization's number and template by default. */
    newBroadcast: async (
      organization: TestOrganization,
      columns: Updateable<WhatsappBroadcastsTable> = {},
    ): Promise<string> => {
      const { broadcastId } = await createTestBroadcast(owner, organization, { recipients: 0 });
      if (Object.keys(columns).length > 0) {
        await owner
          .updateTable("whatsapp_broadcasts")
          .set(columns)
          .where("id", "=", broadcastId)
          .execute();
      }
      return broadcastId;
    },

    /** Returns the pause reason, or the status if there is none. */
    stateOf: async (broadcastId: string): Promise<string> => {
      const { status, pause_reason: reason } = await owner
        .selectFrom("whatsapp_broadcasts")
        .where("id", "=", broadcastId)
        .select(["status", "pause_reason"])
        .executeTakeFirstOrThrow();
      return reason ?? status;
    },
  };
}
