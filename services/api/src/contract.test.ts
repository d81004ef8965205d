import { Validator } from "@seriousme/openapi-schema-validator";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { buildWorld, formOf } from "./testing/build-world.ts";
import { readOpenApi } from "./testing/open-api.ts";
import { startTestApi } from "./testing/start-test-api.ts";
import { createTestClient } from "./testing/test-client.ts";
import { createContractWatch } from "./testing/watch-contract.ts";

const { url, simulator, engineDb, newOrganization } = await startTestApi();
const { document, ...openApi } = readOpenApi(
  (await createTestClient(url, null).get("/openapi.json")).body,
);
const watch = createContractWatch({ document, ...openApi });

test("the document is valid OpenAPI 3.1 with unique names and listed tags for its operations", async () => {
  const result = await new Validator().validate(structuredClone(document));
  expect(result.errors ?? []).toEqual([]);
  const operations = Object.values<Record<string, { operationId: string; tags: string[] }>>(
    document.paths,
  ).flatMap((methods) => Object.values(methods));
  const names = operations.map(({ operationId }) => operationId);
  expect(new Set(names).size).toBe(names.length);
  const tags = new Set(document.tags.map(({ name }: { name: string }) => name));
  expect(operations.flatMap((operation) => operation.tags).filter((tag) => !tags.has(tag))).toEqual(
    [],
  );
});

test("every JSON body has examples that match its schema", () => {
  for (const { name, body } of openApi.operations) {
    const content = body["application/json"];
    if (content === undefined) continue;
    const examples = openApi.examplesOf(content);
    expect([name, examples.length]).toEqual([name, expect.toSatisfy((count) => count > 0)]);
    const errors = examples.flatMap((example) => openApi.schemaErrorsOf(content.schema, example));
    expect([name, errors]).toEqual([name, []]);
  }
});

test("every error code is documented with an example on some route", () => {
  const codes = new Set(
    openApi.operations.flatMap(({ responses }) =>
      Object.values(responses).flatMap((response) =>
        Object.keys(response.content?.["application/json"]?.examples ?? {}),
      ),
    ),
  );
  const known: string[] = document.components.schemas.Error.properties.error.properties.code.enum;
  expect([...codes].toSorted()).toEqual(known.toSorted());
});

/** Moves a broadcast to a status that only the engine sets, with recipients in given statuses. */
async function moveBroadcast(id: string, status: string, recipients: string[] = []) {
  for (const [index, of] of recipients.entries()) {
    await sql`
      insert into whatsapp_broadcast_recipients
        (organization_id, broadcast_id, phone, status, error_code, error_title)
      select organization_id, id, '+1555000' || ${index}, ${of},
        case ${of} when 'failed' then '131026' end, case ${of} when 'failed' then 'Undeliverable' end
      from whatsapp_broadcasts where id = ${id}
    `.execute(engineDb);
  }
  const count = (of: string) => recipients.filter((recipient) => recipient === of).length;
  await sql`
    update whatsapp_broadcasts set status = ${status}, total_recipients = ${recipients.length},
      failed_sends = ${count("failed")}, unknown_count = ${count("unknown")},
      successful_sends = ${count("sent")}
    where id = ${id}
  `.execute(engineDb);
}

test("every route answers a valid request according to its schema", async () => {
  const { apiKey } = await newOrganization();
  const api = createTestClient(url, apiKey, watch.check);
  const world = await buildWorld(api, (number) => simulator.addNumber(number), "numbat");
  const { ids, broadcast } = world;
  const at = (collection: string) => `/v1/${collection}/${ids[`/v1/${collection}`]}`;
  const providerId = ids["/v1/whatsapp-providers"] ?? "";
  const good = async (method: "get" | "post" | "patch" | "delete", path: string, body?: object) => {
    const answer =
      method === "get" || method === "delete"
        ? await api[method](path)
        : await api[method](path, body);
    const success = expect.toSatisfy((status) => status >= 200 && status < 300);
    expect([method, path, answer.status, answer.text]).toEqual([
      method,
      path,
      success,
      expect.anything(),
    ]);
    return answer.body;
  };

  for (const path of ["me", "whatsapp-providers", "templates", "media", "contact-imports"]) {
    await good("get", `/v1/${path}`);
  }
  for (const path of ["contacts", "contacts.csv", "contacts/duplicates", "tags", "attributes"]) {
    await good("get", `/v1/${path}`);
  }
  for (const path of ["broadcasts", "settings", "segments", "overview", "api-keys", "members"]) {
    await good("get", `/v1/${path}`);
  }
  await good("get", "/v1/audit-log?limit=200");
  for (const collection of Object.keys(ids)) {
    if (collection !== "/v1/api-keys") await good("get", at(collection.slice(4)));
  }

  await good("get", `${at("contacts")}/messages`);

  await good("patch", at("whatsapp-providers"), { messagesPerSecond: 70 });
  await good("post", `${at("whatsapp-providers")}/check`);
  await good("post", `/v1/templates/${world.approvedTemplateId}/preview`, {});
  await good("post", "/v1/templates/sync", {});
  await good("patch", at("templates"), {
    components: [{ type: "BODY", text: "Newer words." }],
  });
  await good("delete", at("templates"));
  const image = new Blob(["x"], { type: "image/png" });
  await api.send("/v1/template-media", formOf(image, "a.png", { providerId }));
  await good("get", `${at("media")}/content`);
  await good("delete", at("media"));

  const csv = new Blob(["phone,name\n+4915133300001,Zoe\n"], { type: "text/csv" });
  await api.send("/v1/contact-imports/preview", formOf(csv, "a.csv"));
  await good("get", `${at("contact-imports")}/rejected.csv`);
  await good("post", `${at("contact-imports")}/undo`);
  await good("patch", at("contacts"), { name: "Changed", attributes: { city: "Rome" } });
  await good("post", `${at("contacts")}/opt-out`, { source: "phone" });
  await good("post", `${at("contacts")}/opt-in`);
  await good("post", `${at("contacts")}/merge`, { fromId: world.secondContactId });
  await good("post", "/v1/audiences/preview", { segmentCriteria: { tag: "numbat" } });
  await good("post", `${at("segments")}/preview`);
  await good("patch", at("segments"), { name: "Renamed" });
  await good("delete", at("segments"));
  await good("patch", "/v1/settings", { stopWords: ["enough"] });

  const draft = at("broadcasts");
  await good("patch", draft, { name: "Renamed" });
  await good("post", `${draft}/preflight`);
  await good("post", `${draft}/test`, { to: "+4915133300002" });
  await good("post", `${draft}/schedule`, {
    scheduledAt: "2100-01-01T09:00",
    timeZone: "Asia/Tokyo",
  });
  await good("post", `${draft}/unschedule`);
  const copy = await good("post", `${draft}/duplicate`);
  await good("delete", `/v1/broadcasts/${copy.id}`);
  await good("post", `${draft}/launch`);
  await moveBroadcast(ids["/v1/broadcasts"] ?? "", "sending", [
    "sent",
    "failed",
    "unknown",
    "pending",
  ]);
  await good("post", `${draft}/pause`);
  await good("post", `${draft}/resume`);
  for (const path of [
    "recipients",
    "recipients?status=failed",
    "recipients.csv",
    "failures",
    "timeline",
  ]) {
    await good("get", `${draft}/${path}`);
  }
  const watching = new AbortController();
  const events = await fetch(`${url}${draft}/events`, {
    headers: { authorization: `Bearer ${apiKey}` },
    signal: watching.signal,
  });
  watch.check("GET", `${draft}/events`, {
    status: events.status,
    headers: events.headers,
    text: "",
    body: null,
  });
  watching.abort();
  await good("post", `${draft}/cancel`);
  await moveBroadcast(ids["/v1/broadcasts"] ?? "", "completed");
  await good("post", `${draft}/retarget`, { who: "not_read", name: "Again" });
  for (const [verb, recipient] of [
    ["retry-failed", "failed"],
    ["resend-unknown", "unknown"],
  ] as const) {
    const { id } = await good("post", "/v1/broadcasts", broadcast);
    await moveBroadcast(id, "completed", ["sent", recipient]);
    await good("post", `/v1/broadcasts/${id}/${verb}`);
  }
  await good("delete", at("contacts"));
  await good("delete", at("api-keys"));
  const { apiKey: emptyKey } = await newOrganization();
  const empty = createTestClient(url, emptyKey, watch.check);
  const number = { ...world.number, phoneNumberId: "406540352001", wabaId: "402290129001" };
  simulator.addNumber(number);
  const { verifiedName: _, ...connect } = number;
  const { id } = (await empty.post("/v1/whatsapp-providers", connect)).body;
  await empty.delete(`/v1/whatsapp-providers/${id}`);

  expect(watch.errors).toEqual([]);
  expect(watch.unproven()).toEqual([]);
});
