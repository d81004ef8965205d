import { broadcastCounts } from "@loudhailer/testing/broadcast-counts.ts";
import { eventually } from "@loudhailer/testing/eventually.ts";
import { sql } from "kysely";
import { afterAll, expect, test } from "vitest";
import { createBroadcastBody } from "../../testing/create-broadcast-body.ts";
import { startTestApi } from "../../testing/start-test-api.ts";
import { createTestClient } from "../../testing/test-client.ts";

const { url, engineDb, simulator, newOrganization } = await startTestApi();
const { api, apiKey, organizationId } = await newOrganization();
const body = await createBroadcastBody(api);
const path = "/v1/broadcasts";

async function create(changes: object = {}): Promise<string> {
  const answer = await api.post(path, { ...body, ...changes });
  expect([answer.status, answer.text]).toEqual([201, expect.any(String)]);
  return `${path}/${answer.body.id}`;
}

async function ledger(): Promise<{ to: string; wamid: string }[]> {
  return (await createTestClient(simulator.url, null).get("/_ledger/messages?limit=1000")).body
    .items;
}

test("a draft is saved incomplete and completed in steps, but not launched while incomplete", async () => {
  const created = await api.post(path, { draft: true, name: "Steps" });
  expect([created.status, created.body]).toMatchObject([
    201,
    { status: "draft", providerId: null, templateId: null, segmentCriteria: null },
  ]);
  const draft = `${path}/${created.body.id}`;
  const launched = await api.post(`${draft}/launch`);
  expect([launched.status, launched.body.error.code]).toEqual([409, "broadcast_not_sendable"]);
  expect(launched.body.error.details).toMatchObject({
    status: "draft",
    fields: [{ path: "providerId" }, { path: "templateId" }, { path: "segmentCriteria" }],
  });
  expect((await api.post(`${draft}/preflight`)).body).toMatchObject({
    canLaunch: false,
    problems: [{ path: "providerId" }, { path: "templateId" }, { path: "segmentCriteria" }],
  });
  const { providerId, templateId, segmentCriteria, variables } = body;
  expect((await api.patch(draft, { draft: true, providerId, segmentCriteria })).status).toBe(200);
  expect((await api.patch(draft, { draft: true, templateId })).status).toBe(200);
  const strict = await api.patch(draft, { name: "Unfinished" });
  expect([strict.status, strict.body.error.details.fields]).toMatchObject([
    400,
    [
      { path: "variables.body.first_name", problem: "missing" },
      { path: "variables.body.order_number", problem: "missing" },
    ],
  ]);
  expect((await api.patch(draft, { variables, name: "Done" })).body).toMatchObject({
    name: "Done",
    templateName: "order_update",
  });
  const foreign = await newOrganization();
  expect((await foreign.api.patch(draft, { name: "x" })).status).toBe(404);
  const stolen = await foreign.api.post(path, { draft: true, name: "x", providerId });
  expect([stolen.status, stolen.body.error.details.fields[0].path]).toEqual([400, "providerId"]);
});

test("each invalid variable is named with its problem", async () => {
  const answer = await api.post(path, {
    ...body,
    variables: {
      body: {
        first_name: { source: "location", latitude: 1, longitude: 1 },
        nobody: { source: "text", value: "x" },
      },
    },
  });
  expect(answer.status).toBe(400);
  const problems = answer.body.error.details.fields.map(
    ({ path: at, problem }: { path: string; problem: string }) => `${at} ${problem}`,
  );
  expect(problems.toSorted()).toEqual([
    "variables.body.first_name wrong_type",
    "variables.body.nobody unknown",
    "variables.body.order_number missing",
  ]);
});

test("a schedule uses its time zone, refuses a skipped local time, and takes the first of a repeated one", async () => {
  const draft = await create();
  const timeZone = "Europe/Berlin";
  const schedule = (scheduledAt: string, zone: object = { timeZone }) =>
    api.post(`${draft}/schedule`, { scheduledAt, ...zone });
  expect((await schedule("2099-07-01T09:00")).body).toMatchObject({
    status: "scheduled",
    scheduledAt: "2099-07-01T07:00:00.000Z",
    timeZone,
  });
  // Clocks go forward on 29 March 2099, and back on 25 October.
  const skipped = await schedule("2099-03-29T02:30");
  expect([skipped.status, skipped.body.error.message]).toEqual([
    400,
    expect.stringContaining("2099-03-29T03:30"),
  ]);
  expect((await schedule("2099-10-25T02:30")).body.scheduledAt).toBe("2099-10-25T00:30:00.000Z");
  expect((await schedule("2099-07-01T09:00", {})).status).toBe(400);
  expect((await schedule("2099-07-01T09:00:00+02:00", {})).body.timeZone).toBeNull();
  expect((await schedule("2099-07-01T09:00", { timeZone: "Mars/Base" })).status).toBe(400);
  expect((await schedule("2020-07-01T09:00")).body.error.message).toContain("past");
  expect((await api.post(`${draft}/unschedule`)).body).toMatchObject({
    status: "draft",
    scheduledAt: null,
    timeZone: null,
  });
  expect((await api.post(`${draft}/unschedule`)).status).toBe(409);
  const patched = await api.patch(draft, { scheduledAt: "2099-07-01T09:00", timeZone });
  expect(patched.body.status).toBe("scheduled");
  expect((await api.patch(draft, { scheduledAt: null })).body.status).toBe("draft");
});

test("a preflight counts recipients and skipped contacts with reasons, shows real samples, and changes nothing", async () => {
  const tag = "preflight";
  const contacts = [
    { phone: "+4915111111101", name: "Ada", tags: [tag] },
    { phone: "+4915111111102", name: "Bob", tags: [tag] },
    { phone: "+4915111111103", tags: [tag] },
    { phone: "+4915111111104", name: "Out", tags: [tag], optedIn: false },
  ];
  for (const contact of contacts) await api.post("/v1/contacts", contact);
  const draft = await create({
    segmentCriteria: { tag },
    variables: {
      body: {
        first_name: { source: "field", field: "name" },
        order_number: { source: "text", value: "7" },
      },
    },
  });
  const before = (await api.get(draft)).body;
  const { body: found } = await api.post(`${draft}/preflight`);
  expect(found).toMatchObject({
    canLaunch: true,
    problems: [],
    recipients: 2,
    skipped: [
      { reason: "opted_out", count: 1 },
      { reason: "missing_variable", count: 1, message: expect.stringContaining("name") },
    ],
    expectedDurationSeconds: 1,
    messagingLimit: { used: 0, wouldWait: false },
  });
  expect(found.samples.map(({ name }: { name: string }) => name)).toEqual(["Ada", "Bob"]);
  expect(found.samples[0].preview.body).toContain("Ada");
  expect((await api.get(draft)).body).toEqual(before);
});

test("a test message goes to one phone at once with a contact's values and isn't counted", async () => {
  const draft = await create();
  const { id } = (await api.post("/v1/contacts", { phone: "+4915122222201", name: "Grace" })).body;
  const to = "+4915122222299";
  const sent = await api.post(`${draft}/test`, { to, contactId: id });
  expect([sent.status, sent.body]).toMatchObject([202, { status: "accepted" }]);
  expect(sent.body.preview.body).toContain("Grace");
  expect((await ledger()).filter((message) => message.to === to)).toMatchObject([
    { wamid: sent.body.wamid },
  ]);
  expect((await api.get(draft)).body).toMatchObject({ status: "draft", totalRecipients: 0 });
  await api.post("/v1/contacts", { phone: "+4915122222202", optedIn: false });
  expect((await api.post(`${draft}/test`, { to: "+4915122222202" })).status).toBe(409);
  expect(
    (await api.post(`${draft}/test`, { to: "nobody" })).body.error.details.fields,
  ).toMatchObject([{ path: "to" }]);
});

/** Creates a completed broadcast with a recipient per status and its error code or `replied`. */
async function completed(recipients: [status: string, extra?: string][]): Promise<string> {
  const broadcast = await create({ name: "History" });
  const id = broadcast.slice(path.length + 1);
  for (const [index, [status, extra = ""]] of recipients.entries()) {
    const phone = `+49151${id.replaceAll(/\D/g, "").slice(0, 6).padEnd(6, "1")}${10 + index}`;
    const contact = await api.post("/v1/contacts", { phone, name: `=P${index}` });
    await sql`
      insert into whatsapp_broadcast_recipients (organization_id, broadcast_id, contact_id, phone, status,
        sent_at, error_code, replied_at)
      values (${organizationId}, ${id}, ${contact.body.id}, ${phone}, ${status},
        case when ${status} in ('sent', 'delivered', 'read') then now() end,
        case when ${status} in ('failed', 'unknown', 'skipped') then ${extra}::text end,
        case when ${extra} = 'replied' then now() end)
    `.execute(engineDb);
  }
  const count = (...of: string[]) => recipients.filter(([status]) => of.includes(status)).length;
  await sql`
    update whatsapp_broadcasts set status = 'completed', completed_at = now(),
      total_recipients = ${recipients.length}, successful_sends = ${count("sent", "delivered", "read")},
      delivered_count = ${count("delivered", "read")}, read_count = ${count("read")},
      failed_sends = ${count("failed")}, unknown_count = ${count("unknown")}
    where id = ${id}
  `.execute(engineDb);
  return broadcast;
}

test("a follow-up broadcast targets recipients who weren't delivered to, didn't read or didn't reply", async () => {
  const original = await completed([
    ["read", "replied"],
    ["read"],
    ["delivered"],
    ["sent"],
    ["failed", "131026"],
  ]);
  const countOf = async (who: string) => {
    const made = await api.post(`${original}/retarget`, { who });
    expect([made.status, made.body.status]).toEqual([201, "draft"]);
    const { segmentCriteria } = made.body;
    return (await api.post("/v1/audiences/preview", { segmentCriteria })).body.count;
  };
  expect(await countOf("not_delivered")).toBe(2);
  expect(await countOf("not_read")).toBe(2);
  expect(await countOf("not_replied")).toBe(3);
  const draft = await create();
  expect((await api.post(`${draft}/retarget`, { who: "not_read" })).status).toBe(409);
  const copy = await api.post(`${original}/duplicate`);
  expect([copy.status, copy.body]).toMatchObject([
    202,
    { name: "History (copy)", status: "draft" },
  ]);
  const foreign = await newOrganization();
  const { segmentCriteria } = (await api.post(`${original}/retarget`, { who: "not_read" })).body;
  const spied = await foreign.api.post("/v1/audiences/preview", { segmentCriteria });
  expect([spied.status, spied.body.error.details.fields]).toEqual([
    400,
    [
      { path: "segmentCriteria.rules.0", message: "names no broadcast of yours" },
      { path: "segmentCriteria.rules.1", message: "names no broadcast of yours" },
    ],
  ]);
});

test("recipients are filtered, searched and downloaded, and failures have a title and advice", async () => {
  const broadcast = await completed([
    ["read", "replied"],
    ["sent"],
    ["failed", "131026"],
    ["failed", "131049"],
    ["unknown", "no_answer"],
  ]);
  const find = async (query: string) =>
    (await api.get(`${broadcast}/recipients?${query}`)).body.items.map(
      ({ name }: { name: string }) => name,
    );
  expect(await find("status=failed")).toEqual(["=P2", "=P3"]);
  expect(await find("errorCode=131049")).toEqual(["=P3"]);
  expect(await find("replied=true")).toEqual(["=P0"]);
  expect(await find("search=%3DP1")).toEqual(["=P1"]);
  const csv = await api.get(`${broadcast}/recipients.csv?status=failed`);
  expect(csv.headers.get("content-disposition")).toContain("recipients-");
  expect(csv.text.split("\r\n")).toEqual([
    expect.stringMatching(/^phone,name,status,sent at/),
    expect.stringMatching(/^\+49\d+,'=P2,failed,.*,131026,/),
    expect.stringMatching(/^\+49\d+,'=P3,failed,.*,131049,/),
    "",
  ]);
  const failures = (await api.get(`${broadcast}/failures`)).body.items;
  expect(failures).toHaveLength(3);
  for (const failure of failures) {
    expect(failure).toMatchObject({
      title: expect.stringMatching(/^[A-Z]/),
      advice: expect.stringMatching(/\.$/),
      count: 1,
    });
  }
});

test("a draft can be deleted, but a launched broadcast can't", async () => {
  const draft = await create();
  expect((await api.delete(draft)).status).toBe(204);
  expect((await api.get(draft)).status).toBe(404);
  const sent = await completed([["sent"]]);
  const refused = await api.delete(sent);
  expect([refused.status, refused.body.error.details]).toEqual([409, { status: "completed" }]);
  expect((await api.patch(sent, { name: "x" })).status).toBe(409);
  expect((await api.get(`${path}?search=hist&status=completed`)).body.items.length).toBeGreaterThan(
    0,
  );
});

const watchers: AbortController[] = [];
afterAll(() => watchers.forEach((watcher) => watcher.abort()));

async function watch(broadcast: string) {
  const controller = new AbortController();
  watchers.push(controller);
  const response = await fetch(`${url}${broadcast}/events`, {
    headers: { authorization: `Bearer ${apiKey}` },
    signal: controller.signal,
  });
  let text = "";
  void (async () => {
    for await (const piece of response.body ?? []) text += Buffer.from(piece).toString();
  })().catch(() => undefined);
  const events = () =>
    [...text.matchAll(/^event: progress\nid: (\d+)\ndata: (.+)$/gm)].map(([, id, data]) => ({
      id,
      broadcast: JSON.parse(data ?? ""),
    }));
  return { response, events, abort: () => controller.abort() };
}

test("40 clients that watch a broadcast get each change once and end with the rows' counts", async () => {
  const broadcast = await completed([["sent"], ["sent"]]);
  const id = broadcast.slice(path.length + 1);
  await sql`update whatsapp_broadcasts set status = 'sending', completed_at = null where id = ${id}`.execute(
    engineDb,
  );
  const all = await Promise.all(Array.from({ length: 40 }, () => watch(broadcast)));
  expect(all[0]?.response.headers.get("content-type")).toContain("text/event-stream");
  await eventually(() => all.every(({ events }) => events().length === 1));
  await sql`update whatsapp_broadcast_recipients set status = 'delivered' where broadcast_id = ${id}`.execute(
    engineDb,
  );
  await sql`
    update whatsapp_broadcasts set delivered_count = 2, status = 'completed', completed_at = now()
    where id = ${id}
  `.execute(engineDb);
  await eventually(() => all.every(({ events }) => events().length === 2));
  const { counters, rows } = await broadcastCounts(engineDb, id);
  expect(counters).toEqual(rows);
  for (const { events } of all) {
    expect(events().at(-1)).toMatchObject({ id: "2", broadcast: { deliveredCount: 2 } });
  }
  const foreign = await newOrganization();
  expect((await foreign.api.get(`${broadcast}/events`)).status).toBe(404);
}, 60_000);
