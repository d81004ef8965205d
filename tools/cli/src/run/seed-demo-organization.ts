import { seedDemo } from "@loudhailer/core/seed/seed-demo.ts";
import { parseEncryptionKeys } from "@loudhailer/runtime/parse-encryption-keys.ts";
import { CliError } from "../cli-error.ts";
import type { DemoNumber } from "../infrastructure/demo-number.ts";
import type { Secrets } from "../state/secrets.ts";

/** Credentials of the demo organization: email and password for the dashboard, key for the API. */
export interface DemoLogin {
  organizationId: string;
  userId: string;
  email: string;
  password: string;
  apiKey: string;
}

const email = "demo@datacare.example";

/**
 * Creates the organization "Datacare Demo", or updates it. Requires a migrated database.
 * @throws CliError if ENCRYPTION_KEYS is malformed
 */
export async function seedDemoOrganization(
  databaseUrl: string,
  number: DemoNumber,
  secrets: Secrets,
): Promise<DemoLogin> {
  const keyring = parseEncryptionKeys(secrets.encryptionKeys);
  if ("error" in keyring) throw new CliError(`ENCRYPTION_KEYS ${keyring.error}.`);
  const { organizationId, userId } = await seedDemo({
    databaseUrl,
    keyring,
    provider: number,
    email,
    password: secrets.demoPassword,
    apiKey: secrets.demoApiKey,
  });
  return {
    organizationId,
    userId,
    email,
    password: secrets.demoPassword,
    apiKey: secrets.demoApiKey,
  };
}
