import { readdir } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { eventually } from "@loudhailer/testing/eventually.ts";
import { afterEach, expect, test } from "vitest";
import { startTestApi } from "../../testing/start-test-api.ts";
import type { TestClient } from "../../testing/test-client.ts";

const { url, engineDb, newOrganization } = await startTestApi({ limits: { uploadBytes: 50_000 } });
const path = "/v1/contact-imports";
const csv = "Name,Handy,Stadt\nAda,0151 23456789,Berlin\nBob,nonsense,Bonn\n";

async function uploads(): Promise<string[]> {
  return (await readdir(tmpdir())).filter((name) => name.startsWith("loudhailer-upload-"));
}

afterEach(() => eventually(async () => (await uploads()).length === 0));

function upload(
  api: TestClient,
  parts: [string, string][],
  headers: Record<string, string> = {},
  file = csv,
) {
  const body = new FormData();
  for (const [name, value] of parts) {
    if (value === "FILE") body.append(name, new Blob([file], { type: "text/csv" }), "contacts.csv");
    else body.append(name, value);
  }
  return api.send(path, { method: "POST", body, headers });
}

const mapping: [string, string] = ["mapping", JSON.stringify({ Handy: "phone" })];
const country: [string, string] = ["defaultCountry", "DE"];
const file: [string, string] = ["file", "FILE"];

test.each([
  ["before", [mapping, country, ["tags", "vip, summer"], file]],
  ["after", [file, ["tags", '["vip","summer"]'], country, mapping]],
  ["around", [mapping, ["tags", "vip"], file, ["tags", "summer"], country]],
] satisfies [string, [string, string][]][])(
  "an import works with the fields %s the file",
  async (_place, parts) => {
    const { api } = await newOrganization();
    const created = await upload(api, parts);
    expect(created.status).toBe(202);
    const { id } = created.body;
    await eventually(async () => (await api.get(`${path}/${id}`)).body.status === "completed");
    expect((await api.get(`${path}/${id}`)).body).toMatchObject({
      id,
      status: "completed",
      processedRows: 2,
      createdContacts: 1,
      updatedContacts: 0,
      rejectedRows: 1,
    });
    expect((await api.get("/v1/contacts")).body.items).toMatchObject([
      { phone: "+4915123456789", name: "Ada", tags: ["vip", "summer"] },
    ]);
    const rejected = await api.get(`${path}/${id}/rejected.csv`);
    expect(rejected.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    expect(rejected.headers.get("content-disposition")).toContain(`rejected-${id}.csv`);
    expect(rejected.text).toContain("Bob,nonsense,Bonn");
    const preview = await api.post("/v1/audiences/preview", { segmentCriteria: { tag: "vip" } });
    expect(preview.body).toMatchObject({ count: 1, optedOut: 0, sample: [{ name: "Ada" }] });
  },
);

test("a form with no file, two files, an unknown field or invalid options is refused by name", async () => {
  const { api } = await newOrganization();
  const refused = async (parts: [string, string][]): Promise<string> => {
    const answer = await upload(api, parts);
    expect(answer.status).toBe(400);
    expect(answer.body.error.code).toBe("invalid_input");
    return answer.body.error.message;
  };
  expect(await refused([country])).toContain("lacks a file");
  expect(await refused([["upload", "FILE"]])).toContain('"file"');
  expect(await refused([file, ["colour", "red"]])).toContain("colour");
  expect(await refused([file, ["mapping", "{not json"], ["defaultCountry", "Germany"]])).toMatch(
    /mapping: .*; defaultCountry: /,
  );
  expect(await refused([file, file])).toContain("send one file");
  const json = await api.post(path, { file: "x" });
  expect(json.status).toBe(400);
  expect(json.body.error.message).toContain("multipart/form-data");
  expect(await engineDb.selectFrom("contact_imports").select("id").execute()).toHaveLength(3);
});

const part = 'content-disposition: form-data; name="file"; filename="a.csv"';
test.each([
  ["names no boundary", "multipart/form-data", `--b\r\n${part}\r\n\r\n${csv}\r\n--b--\r\n`],
  ["ends in the file", "multipart/form-data; boundary=b", `--b\r\n${part}\r\n\r\n${csv}`],
  ["ends in a field", "multipart/form-data; boundary=b", `--b\r\n${part.slice(0, 43)}\r\n\r\nx`],
  ["has no part", "multipart/form-data; boundary=b", "x"],
])("a form that %s is refused with instructions", async (_problem, contentType, body) => {
  const { api } = await newOrganization();
  const answer = await api.send(path, {
    method: "POST",
    body,
    headers: { "content-type": contentType },
  });
  expect([answer.status, answer.body.error.code]).toEqual([400, "invalid_input"]);
  expect(answer.body.error.message).toContain("names the boundary");
});

test("an empty file, a binary file and a file without a phone column are refused", async () => {
  const { api } = await newOrganization();
  for (const content of ["", "name,email\nAda,a@example.com\n", "\u0000\u0001\u0002"]) {
    const answer = await upload(api, [file], {}, content);
    expect(answer.status).toBe(400);
    expect(answer.body.error.code).toBe("invalid_input");
  }
  expect((await api.get("/v1/contacts")).body.items).toEqual([]);
});

test("a file above the limit is refused with 413 and leaves nothing behind", async () => {
  const { api } = await newOrganization();
  const answer = await upload(api, [file], {}, csv + "x".repeat(60_000));
  expect(answer.status).toBe(413);
  expect(answer.body.error.code).toBe("payload_too_large");
  expect(answer.body.error.message).toContain("50000 bytes");
});

test("an interrupted upload leaves no import and no file", async () => {
  const { apiKey, api } = await newOrganization();
  const before = await engineDb.selectFrom("contact_imports").select("id").execute();
  const boundary = "cut";
  const client = request(url + path, {
    method: "POST",
    headers: {
      authorization: `Bearer ${apiKey}`,
      "content-type": `multipart/form-data; boundary=${boundary}`,
      "content-length": "10000",
    },
  });
  client.on("error", () => undefined);
  client.write(
    `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\nphone\n`,
  );
  await eventually(async () => (await uploads()).length > 0);
  client.destroy();
  await eventually(async () => (await uploads()).length === 0);
  const after = await engineDb.selectFrom("contact_imports").select("id").execute();
  expect(after).toHaveLength(before.length);
  expect((await api.get("/v1/contacts")).body.items).toEqual([]);
});

test("an upload repeated with the same Idempotency-Key is imported once in any order of fields", async () => {
  const { api } = await newOrganization();
  const headers = { "idempotency-key": "import-1" };
  const first = await upload(api, [file, mapping, country], headers);
  const again = await upload(api, [country, mapping, file], headers);
  expect(again.status).toBe(202);
  expect(again.body).toEqual(first.body);
  const other = await upload(api, [file, mapping, country], headers, `${csv}Eve,0151 111,Ulm\n`);
  expect(other.status).toBe(409);
  expect(other.body.error.code).toBe("idempotency_key_reused");
});
