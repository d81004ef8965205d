import { asTenant } from "@loudhailer/db/tenant.ts";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { deleteContacts } from "../contacts/delete-contacts.ts";
import { mergeContacts } from "../contacts/merge-contacts.ts";
import { addContacts } from "../testing/add-contacts.ts";
import { useControl } from "../testing/test-control.ts";
import { forgetLostClaims } from "./sweep-dead-dispatchers.ts";

const control = await useControl();
const { engine, owner } = control;

/**
 * Creates two contacts and a broadcast to them. The first one is in a second attempt of an
 * unregistered dispatcher, and the cursor of what was drained has passed it; the second one has the
 * message.
 */
async function secondAttempt() {
  const { organization } = await control.newOrganization();
  await addContacts(owner, organization, 2);
  const contacts = await owner
    .selectFrom("contacts")
    .where("organization_id", "=", organization.organizationId)
    .select("id")
    .orderBy("id")
    .execute();
  const [contactId = "", otherId = ""] = contacts.map(({ id }) => id);
  const id = await control.newBroadcast(organization, "sending", { sending: 1, delivered: 1 });
  const [recipientId = "", otherRecipientId = ""] = await control.idsOf(id, 2);
  await owner
    .updateTable("whatsapp_broadcast_recipients")
    .set({ contact_id: contactId, attempts: 2, next_attempt_at: sql<Date>`'infinity'` })
    .where("id", "=", recipientId)
    .execute();
  await owner
    .updateTable("whatsapp_broadcast_recipients")
    .set({ contact_id: otherId })
    .where("id", "=", otherRecipientId)
    .execute();
  await control.setBroadcast(id, { drained_cursor: otherRecipientId });
  const { organizationId } = organization;
  return { id, organizationId, recipientId, contactId, otherId };
}

type SecondAttempt = Awaited<ReturnType<typeof secondAttempt>>;

test.each<[string, (world: SecondAttempt) => Promise<unknown>]>([
  ["stays a contact", async () => undefined],
  [
    "is deleted",
    ({ organizationId, contactId }) =>
      owner
        .transaction()
        .execute((trx) => deleteContacts(asTenant(trx), organizationId, [contactId])),
  ],
  [
    "is merged into another one in the broadcast",
    ({ organizationId, contactId, otherId }) =>
      owner
        .transaction()
        .execute((trx) =>
          mergeContacts(trx, { organizationId, fromId: contactId, intoId: otherId }),
        ),
  ],
])(
  "a second attempt of a lost dispatcher becomes unknown when its contact %s",
  async (_, change) => {
    const world = await secondAttempt();
    await change(world);
    await forgetLostClaims(engine);
    const row = await owner
      .selectFrom("whatsapp_broadcast_recipients")
      .where("id", "=", world.recipientId)
      .select(["status", "next_attempt_at", "error_code"])
      .executeTakeFirstOrThrow();
    expect(row).toEqual({
      status: "unknown",
      next_attempt_at: null,
      error_code: "dispatcher_lost",
    });
    await control.expectCountersToEqualRows(world.id);
  },
);

test("a lost first attempt after the cursor of the feeding becomes unknown", async () => {
  const { organization } = await control.newOrganization();
  const id = await control.newBroadcast(organization, "sending", { pending: 2 });
  const [, recipientId = ""] = await control.idsOf(id, 2);
  // As while the messaging limit is used up: the first one waits, and the cursor stays before it.
  const { claimed } = await control.claimUnfed(organization, [recipientId]);
  expect(claimed).toMatchObject([{ id: recipientId }]);
  await owner
    .updateTable("whatsapp_broadcast_recipients")
    .set({ claimed_at: sql<Date>`now() - interval '1 hour'` })
    .where("id", "=", recipientId)
    .execute();
  await control.setBroadcast(id, { status: "canceled", canceled_at: new Date() });
  await forgetLostClaims(engine);
  const row = await owner
    .selectFrom("whatsapp_broadcast_recipients")
    .where("id", "=", recipientId)
    .select(["status", "next_attempt_at"])
    .executeTakeFirstOrThrow();
  expect(row).toEqual({ status: "unknown", next_attempt_at: null });
});
