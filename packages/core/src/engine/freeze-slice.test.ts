import type { Database } from "@loudhailer/db/database.ts";
import { asTenant } from "@loudhailer/db/tenant.ts";
import { eventually } from "@loudhailer/testing/eventually.ts";
import { sql, type Transaction } from "kysely";
import { describe, expect, test } from "vitest";
import { createBroadcast } from "../broadcasts/create-broadcast.ts";
import { launchBroadcast } from "../broadcasts/launch-broadcast.ts";
import { deleteContacts } from "../contacts/delete-contacts.ts";
import { mergeContacts } from "../contacts/merge-contacts.ts";
import { undoSlice } from "../imports/undo-import.ts";
import { addContacts } from "../testing/add-contacts.ts";
import { useControl } from "../testing/test-control.ts";
import { prepareNextSlice } from "./prepare-broadcast.ts";

const control = await useControl();
const { engine, owner } = control;
const { engineDb } = engine;

/** Launches a broadcast to three contacts, the first of which an import that is undone created. */
async function launchToThree() {
  const { organization, ctx } = await control.newOrganization();
  const { organizationId } = organization;
  await addContacts(owner, organization, 3);
  const contacts = await owner
    .selectFrom("contacts")
    .where("organization_id", "=", organizationId)
    .select("id")
    .orderBy("id")
    .execute();
  const [goneId = "", otherId = ""] = contacts.map(({ id }) => id);
  const { id: importId } = await owner
    .insertInto("contact_imports")
    .values({
      organization_id: organizationId,
      file_name: "a.csv",
      status: "undoing",
      headers: ["phone"],
      tags: [],
      first_contact_id: goneId,
      last_contact_id: goneId,
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  await owner
    .updateTable("contacts")
    .set({ import_id: importId, updated_at: sql`created_at` })
    .where("id", "=", goneId)
    .execute();
  const { id } = await createBroadcast(ctx, {
    name: "Spring",
    providerId: organization.providerId,
    templateId: organization.templateId,
    segmentCriteria: { combinator: "and", rules: [] },
    variables: { body: { 1: { source: "field", field: "name" } } },
  });
  await launchBroadcast(ctx, id);
  return { broadcastId: id, organizationId, importId, goneId, otherId };
}

type Launched = Awaited<ReturnType<typeof launchToThree>>;

/** Everything that removes the first contact. */
const removals: Record<string, (trx: Transaction<Database>, of: Launched) => Promise<unknown>> = {
  "a deletion": (trx, { organizationId, goneId }) =>
    deleteContacts(asTenant(trx), organizationId, [goneId]),
  "a merge into another contact": (trx, { organizationId, goneId, otherId }) =>
    mergeContacts(trx, { organizationId, fromId: goneId, intoId: otherId }),
  "an import's undo": (trx, { organizationId, importId }) =>
    undoSlice(asTenant(trx), organizationId, importId),
};

const kinds = Object.keys(removals).map((kind) => ({ kind }));

function remove(kind: string, trx: Transaction<Database>, of: Launched): Promise<unknown> {
  return removals[kind]?.(trx, of) ?? Promise.reject(new Error(`There is no ${kind}.`));
}

/** Waits until a transaction waits for an advisory lock, or for a row of the table. */
function someoneWaitsFor(what: "audience" | "broadcast"): Promise<void> {
  return eventually(async () => {
    const { rows } = await sql`
      select from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'
        and (${what === "audience"} and wait_event = 'advisory'
          or ${what === "broadcast"} and query like 'update "whatsapp_broadcasts"%')
    `.execute(owner);
    expect(rows).toHaveLength(1);
  });
}

function recipientsOf(broadcastId: string) {
  return owner
    .selectFrom("whatsapp_broadcast_recipients")
    .where("broadcast_id", "=", broadcastId)
    .select(["contact_id", "phone", "variables", "status", "error_code"])
    .orderBy("id")
    .execute();
}

/** Runs a removal that begins after the slice has read the contacts and ends after its commit. */
async function removeDuringSlice(kind: string, launched: Launched): Promise<void> {
  const { work } = await owner.transaction().execute(async (held) => {
    await sql`
      select from whatsapp_broadcasts where id = ${launched.broadcastId} for no key update
    `.execute(held);
    const slice = prepareNextSlice(engine);
    await someoneWaitsFor("broadcast");
    const removal = engineDb.transaction().execute((trx) => remove(kind, trx, launched));
    await someoneWaitsFor("audience");
    return { work: Promise.all([slice, removal]) };
  });
  await work;
}

/** Runs a slice that begins while a removal isn't committed yet. */
async function sliceDuringRemoval(kind: string, launched: Launched): Promise<void> {
  const { slice } = await engineDb.transaction().execute(async (trx) => {
    await remove(kind, trx, launched);
    const started = prepareNextSlice(engine);
    await someoneWaitsFor("audience");
    return { slice: started };
  });
  await slice;
}

describe("a contact that is removed while its slice is being frozen", () => {
  test("is skipped, and nothing of it is kept, when it is deleted", async () => {
    const launched = await launchToThree();
    await removeDuringSlice("a deletion", launched);
    const [gone, ...others] = await recipientsOf(launched.broadcastId);
    expect(gone).toEqual({
      contact_id: null,
      phone: "",
      variables: [],
      status: "skipped",
      error_code: "contact_deleted",
    });
    expect(others).toMatchObject([{ status: "pending" }, { status: "pending" }]);
    await control.expectCountersToEqualRows(launched.broadcastId);
  });

  test("is one recipient with the contact that it is merged into", async () => {
    const launched = await launchToThree();
    await removeDuringSlice("a merge into another contact", launched);
    expect(await recipientsOf(launched.broadcastId)).toMatchObject([
      { contact_id: null, phone: "", status: "skipped", error_code: "merged_contact" },
      { contact_id: launched.otherId, status: "pending" },
      { status: "pending" },
    ]);
    await control.expectCountersToEqualRows(launched.broadcastId);
  });

  test("stays when an import's undo would have deleted it", async () => {
    const launched = await launchToThree();
    await removeDuringSlice("an import's undo", launched);
    const [first] = await recipientsOf(launched.broadcastId);
    expect(first).toMatchObject({ contact_id: launched.goneId, status: "pending" });
    const { rows } = await sql`select from contacts where id = ${launched.goneId}`.execute(owner);
    expect(rows).toHaveLength(1);
  });

  test.each(kinds)("is no recipient when $kind was there first", async ({ kind }) => {
    const launched = await launchToThree();
    await sliceDuringRemoval(kind, launched);
    const recipients = await recipientsOf(launched.broadcastId);
    expect(recipients.map(({ contact_id: id, status }) => [id, status])).toEqual([
      [launched.otherId, "pending"],
      [expect.any(String), "pending"],
    ]);
  });
});
