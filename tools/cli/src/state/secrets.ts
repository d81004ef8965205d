import { randomBytes } from "node:crypto";
import { generateApiKey } from "@loudhailer/core/accounts/api-key-format.ts";
import { z } from "zod";
import { readJsonFile } from "./read-json-file.ts";
import { writePrivateFile } from "./write-private-file.ts";

const secretsSchema = z.object({
  authSecret: z.string(),
  encryptionKeys: z.string(),
  demoPassword: z.string(),
  /** The database has only its hash. */
  demoApiKey: z.string(),
});

/** What a local run makes up once and keeps. */
export type Secrets = z.infer<typeof secretsSchema>;

/** The kept secrets, made at first use; AUTH_SECRET and ENCRYPTION_KEYS of the environment win. */
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
