import { randomBytes } from "node:crypto";
import { createDb } from "@loudhailer/db/create-db.ts";
import { createPool } from "@loudhailer/db/create-pool.ts";
import { createTestOrganization } from "@loudhailer/testing/create-test-broadcast.ts";
import { useTestDatabase } from "@loudhailer/testing/test-environment.ts";
import { afterAll, expect, test } from "vitest";
import { decryptSecret } from "./decrypt-secret.ts";
import { encryptSecret } from "./encrypt-secret.ts";
import { rotateSecrets } from "./rotate-secrets.ts";

const { databaseUrl } = await useTestDatabase();
const owner = createDb(createPool({ connectionString: databaseUrl }));
const engine = createDb(createPool({ connectionString: databaseUrl, role: "loudhailer_engine" }));
afterAll(() => Promise.all([owner.destroy(), engine.destroy()]));

const [first, second, lost] = [randomBytes(32), randomBytes(32), randomBytes(32)];
const before = { currentId: "first", keys: new Map([["first", first]]) };
const after = {
  currentId: "second",
  keys: new Map([
    ["second", second],
    ["first", first],
  ]),
};

test("encrypts every secret again, names unreadable ones, and changes nothing when repeated", async () => {
  const good = await createTestOrganization(owner, {
    accessToken: encryptSecret(before, "EAAtoken"),
  });
  await owner
    .updateTable("whatsapp_providers")
    .set({ app_secret: encryptSecret(before, "app secret") })
    .where("id", "=", good.providerId)
    .execute();
  const other = { currentId: "lost", keys: new Map([["lost", lost]]) };
  const bad = await createTestOrganization(owner, { accessToken: encryptSecret(other, "gone") });
  expect(await rotateSecrets(engine, after)).toEqual({
    before: { first: 2, lost: 1 },
    rotated: 2,
    unreadable: [bad.phoneNumberId],
  });
  const row = await owner
    .selectFrom("whatsapp_providers")
    .selectAll()
    .where("id", "=", good.providerId)
    .executeTakeFirstOrThrow();
  const onlyNew = { currentId: "second", keys: new Map([["second", second]]) };
  expect(decryptSecret(onlyNew, row.access_token)).toBe("EAAtoken");
  expect(decryptSecret(onlyNew, row.app_secret ?? "")).toBe("app secret");
  expect(await rotateSecrets(engine, after)).toMatchObject({
    before: { second: 2, lost: 1 },
    rotated: 0,
  });
});
