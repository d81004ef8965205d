import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseEncryptionKeys } from "@loudhailer/runtime/parse-encryption-keys.ts";
import { afterAll, expect, test } from "vitest";
import { loadSecrets } from "./secrets.ts";

const scratch = mkdtempSync(join(tmpdir(), "loudhailer-secrets-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test("loadSecrets generates secrets once and keeps them readable only by this user", () => {
  const file = join(scratch, "kept", "secrets.json");
  const first = loadSecrets(file, {});
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(loadSecrets(file, {})).toEqual(first);
  expect(parseEncryptionKeys(first.encryptionKeys)).not.toHaveProperty("error");
  expect(loadSecrets(join(scratch, "other.json"), {}).authSecret).not.toBe(first.authSecret);
});

test("loadSecrets prefers secrets of the environment and doesn't store them", () => {
  const file = join(scratch, "environment.json");
  const env = { AUTH_SECRET: "from the environment", ENCRYPTION_KEYS: "k:environment" };
  expect(loadSecrets(file, env)).toMatchObject({
    authSecret: "from the environment",
    encryptionKeys: "k:environment",
  });
  expect(loadSecrets(file, {}).authSecret).not.toBe("from the environment");
});
