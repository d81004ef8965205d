import { afterAll, beforeAll, expect, test } from "vitest";
import { isObject } from "../json.ts";
import { startSimulator, type Simulator } from "../start-simulator.ts";
import { callGraph, wabaId } from "../testing/call-graph.ts";
import { startReceiver, type Receiver } from "../testing/start-receiver.ts";

const templatesPath = `/v25.0/${wabaId}/message_templates`;

let simulator: Simulator;
let receiver: Receiver;
let url: string;

beforeAll(async () => {
  receiver = await startReceiver();
  simulator = await startSimulator({
    latencyMs: 0,
    templateReviewMs: 50,
    webhookUrl: receiver.url,
  });
  url = simulator.url;
});

afterAll(async () => {
  await simulator.close();
  await receiver.close();
});

async function listNames(query: string): Promise<string[]> {
  const { json } = await callGraph(url, "GET", `${templatesPath}?fields=name&limit=100&${query}`);
  return (Array.isArray(json.data) ? json.data : []).map((template) => String(template.name));
}

test("paging by cursor and by next returns every template once, in pages of the limit", async () => {
  const all = await listNames("");
  expect(all.length).toBeGreaterThan(18);
  const byCursor: string[] = [];
  const byNext: string[] = [];
  let path = `${templatesPath}?fields=name&limit=4`;
  for (;;) {
    const { json } = await callGraph(url, "GET", path);
    const data = Array.isArray(json.data) ? json.data : [];
    expect(data.length).toBeLessThanOrEqual(4);
    byCursor.push(...data.map((template) => String(template.name)));
    const paging = isObject(json.paging) ? json.paging : {};
    if (typeof paging.next !== "string") break;
    // `next` works unchanged, without a header.
    const following = await callGraph(paging.next, "GET", "", undefined, "");
    const next = Array.isArray(following.json.data) ? following.json.data : [];
    byNext.push(...next.map((template) => String(template.name)));
    const cursors = isObject(paging.cursors) ? paging.cursors : {};
    path = `${templatesPath}?fields=name&limit=4&after=${String(cursors.after)}`;
  }
  expect(byCursor).toEqual(all);
  expect(byNext).toEqual(all.slice(4));
});

test("paging.previous returns the page before", async () => {
  const first = await callGraph(url, "GET", `${templatesPath}?limit=3`);
  const next = isObject(first.json.paging) ? String(first.json.paging.next) : "";
  const second = await callGraph(next, "GET", "", undefined, "");
  const previous = isObject(second.json.paging) ? String(second.json.paging.previous) : "";
  const again = await callGraph(previous, "GET", "", undefined, "");
  expect(again.json.data).toEqual(first.json.data);
});

test("the list filters templates by name, language, status, and category", async () => {
  expect(await listNames("name=order_update")).toHaveLength(3);
  expect(await listNames("name=order_update&language=ar")).toHaveLength(1);
  expect(await listNames("status=PAUSED")).toEqual(["winter_clearance"]);
  expect(await listNames("category=authentication")).toEqual(["login_code", "login_code"]);
});

test("the list returns the requested fields in Meta's format", async () => {
  const fields =
    "id,name,language,category,status,components,quality_score,rejected_reason,parameter_format";
  const { json } = await callGraph(url, "GET", `${templatesPath}?fields=${fields}&name=prize_draw`);
  expect(json.data).toEqual([
    {
      id: expect.stringMatching(/^\d{16}$/),
      name: "prize_draw",
      language: "en_US",
      category: "MARKETING",
      status: "REJECTED",
      components: [{ type: "BODY", text: expect.any(String), example: expect.anything() }],
      quality_score: { score: "UNKNOWN", date: expect.any(Number) },
      rejected_reason: "PROMOTIONAL",
      parameter_format: "POSITIONAL",
    },
  ]);
});

test("a created template is pending, is approved with a webhook, and can be deleted", async () => {
  const created = await callGraph(url, "POST", templatesPath, {
    name: "autumn_sale",
    language: "en_US",
    category: "marketing",
    components: [{ type: "body", text: "Hello {{1}}, autumn is here." }],
  });
  expect(created.json).toEqual({
    id: expect.stringMatching(/^\d{16}$/),
    status: "PENDING",
    category: "MARKETING",
  });
  await expect.poll(() => receiver.bodies.join(), { timeout: 10_000 }).toContain("autumn_sale");
  const event = receiver.bodies.map((body) => JSON.parse(body)).find((body) => body.entry);
  expect(event.entry[0]).toMatchObject({
    id: wabaId,
    changes: [
      {
        field: "message_template_status_update",
        value: {
          event: "APPROVED",
          message_template_id: Number(created.json.id),
          message_template_language: "en-US",
        },
      },
    ],
  });
  const one = await callGraph(url, "GET", `/v25.0/${String(created.json.id)}?fields=status`);
  expect(one.json.status).toBe("APPROVED");
  expect((await callGraph(url, "DELETE", `${templatesPath}?name=autumn_sale`)).status).toBe(200);
  expect(await listNames("name=autumn_sale")).toEqual([]);
});

test("deleting by hsm_id removes one language, and deleting by name removes all", async () => {
  const { json } = await callGraph(url, "GET", `${templatesPath}?name=order_update&language=ar`);
  const [arabic] = Array.isArray(json.data) ? json.data : [];
  const path = `${templatesPath}?name=order_update`;
  await callGraph(url, "DELETE", `${path}&hsm_id=${arabic?.id}`);
  expect(await listNames("name=order_update")).toHaveLength(2);
  await callGraph(url, "DELETE", path);
  expect(await listNames("name=order_update")).toHaveLength(0);
  expect((await callGraph(url, "DELETE", path)).json).toMatchObject({
    error: { code: 100, error_subcode: 2593002 },
  });
});

test.for<[string, number | undefined, Record<string, unknown>]>([
  ["a name with capitals", undefined, { name: "Sale" }],
  ["an unknown category", undefined, { category: "PROMOTION" }],
  ["no body", 2388072, { components: [] }],
  ["a body that is too long", 2388040, { components: [{ type: "BODY", text: "x".repeat(1025) }] }],
  ["a variable at the start", 2388299, { components: [{ type: "BODY", text: "{{1}}, hi" }] }],
  ["a name that is taken", 2388024, { name: "spring_sale" }],
])("a template with %s is refused", async ([, subcode, change]) => {
  const template = {
    name: "some_template",
    language: "en_US",
    category: "MARKETING",
    components: [{ type: "BODY", text: "Hello there." }],
    ...change,
  };
  const { status, json } = await callGraph(url, "POST", templatesPath, template);
  expect(status).toBe(400);
  expect(json).toMatchObject({
    error: { code: 100, ...(subcode ? { error_subcode: subcode } : {}) },
  });
});

test("a template paused at run time is refused with 132015 and reported by webhook", async () => {
  const templates = [{ name: "hello_world", status: "PAUSED" }];
  await callGraph(url, "POST", "/_control", { templates });
  const { code } = await callGraph(url, "POST", "/v25.0/106540352242922/messages", {
    messaging_product: "whatsapp",
    to: "+4915100000001",
    type: "template",
    template: { name: "hello_world", language: { code: "en_US" } },
  });
  expect(code).toBe(132015);
  await expect.poll(() => receiver.bodies.join(), { timeout: 10_000 }).toContain("PAUSED");
});
