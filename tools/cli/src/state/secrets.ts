import { randomBytes } from "node:crypto";
import { generateApiKey } from "@loudhailer/core/accounts/api-key-format.ts";
import { z } from "zod";
import { readJsonFile } from "./read-json-file.ts";
import { writePrivateFile } from "./write-private-file.ts";

const secretsSchema = z.object({
  authSecret: z.string(),
  encryptionKeys: z.string(),
  demoPassword: z.string(),
  /** API key of the demo organization. The database stores only its hash. */
  demoApiKey: z.string(),
});

/** Secrets that a local run generates once and keeps. */
export type Secrets = z.infer<typeof secretsSchema>;

/**
 * Returns the stored secrets and generates them on first use. AUTH_SECRET and ENCRYPTION_KEYS of
 * the environment override the stored ones.
 */
export function loadSecrets(file: string, env: NodeJS.ProcessEnv = process.env): Secrets {
  const kept = secretsSchema.safeParse(readJsonFile(file)).data ?? makeSecrets(file);
  return {
    ...kept,
    authSecret: env["AUTH_SECRET"] || kept.authSecret,
    encryptionKeys: env["ENCRYPTION_KEYS"] || kept.encryptionKeys,
  };
}

function makeSecrets(file: string): Secrets {
  const secrets = {
    authSecret: randomBytes(32).toString("base64"),
    encryptionKeys: `local1:${randomBytes(32).toString("base64")}`,
    demoPassword: randomBytes(9).toString("base64url"),
    demoApiKey: generateApiKey(),
  };
  writePrivateFile(file, `${JSON.stringify(secrets, null, 2)}\n`);
  return secrets;
}
