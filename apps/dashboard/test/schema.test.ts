import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import openapiTs, { astToString } from "openapi-typescript";
import { expect, inject, test } from "vitest";

const schema = fileURLToPath(new URL("../src/api/generated/schema.ts", import.meta.url));

test("the generated types match the API's OpenAPI document", async () => {
  const { apiUrl } = inject("stand");
  const document = await (await fetch(`${apiUrl}/openapi.json`)).text();
  const types = astToString(await openapiTs(document));
  expect(await readFile(schema, "utf8"), "run `npm run types` in apps/dashboard").toContain(types);
});
