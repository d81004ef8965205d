import { once } from "node:events";
import { createServer } from "node:http";
import { createGraphClient } from "@loudhailer/whatsapp/graph-client.ts";
import { afterAll, expect, test } from "vitest";
import { secretProblems } from "./inspect-number.ts";

const access = { phoneNumberId: "1", wabaId: "2", accessToken: "token", appSecret: "secret" };
const badParameter = { code: 100, message: "words that Meta may change" };

/** Errors that Meta returns for questions with and without a proof of the app secret. */
let errors: { withProof: object | null; withoutProof: object | null };
const server = createServer((request, response) => {
  const error = request.url?.includes("appsecret_proof=") ? errors.withProof : errors.withoutProof;
  response.writeHead(error === null ? 200 : 400);
  response.end(JSON.stringify(error === null ? { id: "1" } : { error }));
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
const address = server.address();
const port = typeof address === "object" ? address?.port : undefined;
const graph = createGraphClient({ baseUrl: `http://127.0.0.1:${port}`, version: "v25.0" });
afterAll(async () => {
  await graph.close();
  server.close();
});

test("an app secret is wrong when Meta answers only without its proof, whatever Meta's words", async () => {
  errors = { withProof: badParameter, withoutProof: null };
  expect(await secretProblems(graph, access)).toMatchObject([{ check: "app_secret" }]);
});

test.each([
  ["accepts its proof", null, null],
  ["doesn't show the number to the token", badParameter, badParameter],
  ["refuses the token", { code: 190, message: "appsecret_proof" }, null],
])("an app secret isn't blamed when Meta %s", async (_, withProof, withoutProof) => {
  errors = { withProof, withoutProof };
  expect(await secretProblems(graph, access)).toEqual([]);
});

test("no app secret is no problem", async () => {
  errors = { withProof: badParameter, withoutProof: null };
  expect(await secretProblems(graph, { ...access, appSecret: null })).toEqual([]);
});
