import { broadcastCounts } from "@loudhailer/testing/broadcast-counts.ts";
import { describe, expect, test } from "vitest";
import { addContacts } from "../testing/add-contacts.ts";
import { useControl } from "../testing/test-control.ts";
import { mergeContacts } from "./merge-contacts.ts";

const control = await useControl();
const { engine, owner } = control;

const tried = ["sending", "unknown", "sent", "delivered", "read"] as const;
const statuses = ["pending", ...tried, "failed", "skipped", "canceled"] as const;
type Status = (typeof statuses)[number];

/** From the least to the most that a status says about whether the person has the message. */
const evidence: Record<Status, number> = {
  skipped: 0,
  canceled: 0,
  failed: 1,
  pending: 2,
  sending: 3,
  unknown: 4,
  sent: 5,
  delivered: 6,
  read: 7,
};

/** Merges a contact whose recipient is `from` into one whose recipient is `into`. */
async function merge(from: Status, into: Status, order: "from first" | "into first") {
  const { organization } = await control.newOrganization();
  const { organizationId } = organization;
  await addContacts(owner, organization, 2);
  const contacts = await owner
    .selectFrom("contacts")
    .where("organization_id", "=", organizationId)
    .select(["id", "phone"])
    .orderBy("id")
    .execute();
  const [fromId = "", intoId = ""] = contacts.map(({ id }) => id);
  const recipients: Record<string, number> = {};
  for (const status of [from, into]) recipients[status] = (recipients[status] ?? 0) + 1;
  const broadcastId = await control.newBroadcast(organization, "sending", recipients);
  const rows = await owner
    .selectFrom("whatsapp_broadcast_recipients")
    .where("broadcast_id", "=", broadcastId)
    .select(["id", "status"])
    .orderBy("id", order === "from first" ? "asc" : "desc")
    .execute();
  const fromRow = rows.find(({ status }) => status === from)?.id ?? "";
  const intoRow = rows.find(({ id, status }) => id !== fromRow && status === into)?.id ?? "";
  for (const [id, contactId] of [[fromRow, fromId] as const, [intoRow, intoId] as const]) {
    await owner
      .updateTable("whatsapp_broadcast_recipients")
      .set({ contact_id: contactId })
      .where("id", "=", id)
      .execute();
  }
  await engine.engineDb
    .transaction()
    .execute((trx) => mergeContacts(trx, { organizationId, fromId, intoId }));
  const read = (id: string) =>
    owner
      .selectFrom("whatsapp_broadcast_recipients")
      .where("id", "=", id)
      .select(["id", "contact_id", "status", "error_code", "phone"])
      .executeTakeFirstOrThrow();
  return {
    organization,
    broadcastId,
    intoId,
    fromRow: await read(fromRow),
    intoRow: await read(intoRow),
  };
}

const pairs = statuses.flatMap((from) => statuses.map((into) => ({ from, into })));

describe("merging two contacts of one broadcast", () => {
  test.each(pairs)("$from into $into leaves one row that can be sent", async ({ from, into }) => {
    for (const order of ["from first", "into first"] as const) {
      const { broadcastId, intoId, fromRow, intoRow } = await merge(from, into, order);
      const isFrom = evidence[from] > evidence[into];
      const [kept, keptStatus] = isFrom ? [fromRow, from] : [intoRow, into];
      const [other, otherStatus] = isFrom ? [intoRow, into] : [fromRow, from];
      expect(kept).toMatchObject({ contact_id: intoId, status: keptStatus });
      expect(kept.phone).not.toBe("");
      expect(other).toMatchObject({ contact_id: null, phone: "" });
      const isSkipped = otherStatus === "pending";
      expect(other.status).toBe(isSkipped ? "skipped" : otherStatus);
      expect(other.error_code === "merged_contact").toBe(isSkipped);
      const { counters, rows } = await broadcastCounts(owner, broadcastId);
      expect(counters).toEqual(rows);
    }
  });

  test.each(statuses)("a %s row of one contact alone follows the person", async (status) => {
    const { organization } = await control.newOrganization();
    const { organizationId } = organization;
    await addContacts(owner, organization, 2);
    const contacts = await owner
      .selectFrom("contacts")
      .where("organization_id", "=", organizationId)
      .select("id")
      .execute();
    const [fromId = "", intoId = ""] = contacts.map(({ id }) => id);
    const broadcastId = await control.newBroadcast(organization, "sending", { [status]: 1 });
    const ofBroadcast = () =>
      owner
        .selectFrom("whatsapp_broadcast_recipients")
        .where("broadcast_id", "=", broadcastId)
        .select(["contact_id", "status"])
        .execute();
    await owner
      .updateTable("whatsapp_broadcast_recipients")
      .set({ contact_id: fromId })
      .where("broadcast_id", "=", broadcastId)
      .execute();
    await engine.engineDb
      .transaction()
      .execute((trx) => mergeContacts(trx, { organizationId, fromId, intoId }));
    expect(await ofBroadcast()).toEqual([{ contact_id: intoId, status }]);
  });
});

test("a row that lost its contact to a merge is never sent when it becomes pending again", async () => {
  const { organization, fromRow } = await merge("sending", "sent", "from first");
  await owner
    .updateTable("whatsapp_broadcast_recipients")
    .set({ status: "pending" })
    .where("id", "=", fromRow.id)
    .execute();
  const { claimed } = await control.claim(organization, [fromRow.id]);
  expect(claimed).toEqual([]);
  const { status } = await owner
    .selectFrom("whatsapp_broadcast_recipients")
    .where("id", "=", fromRow.id)
    .select("status")
    .executeTakeFirstOrThrow();
  expect(status).toBe("skipped");
});
