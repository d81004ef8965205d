import { sql } from "kysely";
import { expect, test } from "vitest";
import { buildWorld } from "./testing/build-world.ts";
import { startTestApi } from "./testing/start-test-api.ts";

const { simulator, engineDb, newOrganization } = await startTestApi();
const { api, organizationId } = await newOrganization();
const { ids } = await buildWorld(api, (number) => simulator.addNumber(number), "later");
const broadcastId = ids["/v1/broadcasts"] ?? "";
const providerId = ids["/v1/whatsapp-providers"] ?? "";
const importId = ids["/v1/contact-imports"] ?? "";
const unknown = "moon_is_full";

test("a broadcast shows reasons that only a newer version knows as they are", async () => {
  await sql`
    update whatsapp_broadcasts set status = 'paused', pause_reason = ${unknown},
      failure_reason = ${unknown}
    where id = ${broadcastId}
  `.execute(engineDb);
  expect((await api.get(`/v1/broadcasts/${broadcastId}`)).body).toMatchObject({
    pauseReason: unknown,
    pauseMessage: unknown,
    failureReason: unknown,
    failureMessage: unknown,
  });
});

test("a number shows a reason that only a newer version knows as it is", async () => {
  await sql`
    update whatsapp_providers set status = 'paused', status_reason = ${unknown}
    where id = ${providerId}
  `.execute(engineDb);
  expect((await api.get(`/v1/whatsapp-providers/${providerId}`)).body).toMatchObject({
    statusReason: unknown,
    statusMessage: unknown,
  });
});

test("recipients and failures show a code that only a newer version knows as it is", async () => {
  await sql`
    insert into whatsapp_broadcast_recipients
      (organization_id, broadcast_id, contact_id, phone, status, error_code)
    values (${organizationId}, ${broadcastId}, ${ids["/v1/contacts"]}, '+4915199999999', 'skipped',
      ${unknown})
  `.execute(engineDb);
  const path = `/v1/broadcasts/${broadcastId}`;
  expect((await api.get(`${path}/failures`)).body.items).toMatchObject([
    { errorCode: unknown, title: unknown, count: 1 },
  ]);
  const recipients = (await api.get(`${path}/recipients?errorCode=${unknown}`)).body.items;
  expect(recipients).toMatchObject([{ errorCode: unknown }]);
  const messages = (await api.get(`/v1/contacts/${ids["/v1/contacts"]}/messages`)).body.items;
  expect(messages).toMatchObject([{ errorCode: unknown }]);
});

test("the audit log shows and finds an action that only a newer version knows", async () => {
  await sql`
    insert into audit_log (organization_id, action, target_type, target_id)
    values (${organizationId}, 'moon.landed', 'moon', '1')
  `.execute(engineDb);
  expect((await api.get("/v1/audit-log?action=moon.landed")).body.items).toMatchObject([
    { action: "moon.landed", targetType: "moon" },
  ]);
  expect((await api.get("/v1/audit-log?limit=1")).body.items[0].action).toBe("moon.landed");
});

test("rejected rows show the words that an earlier version stored as they are", async () => {
  await sql`
    insert into contact_import_rejected_rows
      (import_id, organization_id, line_number, reason, fields)
    values (${importId}, ${organizationId}, 9, 'the row has 1 fields, the header 3', '{x}')
  `.execute(engineDb);
  const { text } = await api.get(`/v1/contact-imports/${importId}/rejected.csv`);
  expect(text.split("\r\n").slice(1)).toEqual([
    '3,"the row has 2 fields, the header 3",x,later',
    '9,"the row has 1 fields, the header 3",x',
    "",
  ]);
});
