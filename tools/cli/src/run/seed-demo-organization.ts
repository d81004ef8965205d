import { seedDemo } from "@loudhailer/core/seed/seed-demo.ts";
import { parseEncryptionKeys } from "@loudhailer/runtime/parse-encryption-keys.ts";
import { CliError } from "../cli-error.ts";
import type { DemoNumber } from "../infrastructure/demo-number.ts";
import type { Secrets } from "../state/secrets.ts";

/** Who may use the demo organization: a person at the dashboard, a program at the API. */
export interface DemoLogin {
  organizationId: string;
  userId: string;
  email: string;
  password: string;
  apiKey: string;
}

const email = "demo@datacare.example";

/**
 * Makes the organization "Datacare Demo", or brings it up to date. Needs a migrated database.
 * @throws CliError where ENCRYPTION_KEYS is malformed
 */
export async function seedDemoOrganization(
  databaseUrl: string,
  number: DemoNumber,
  secrets: Secrets,
): Promise<DemoLogin> {
  const keyring = parseEncryptionKeys(secrets.encryptionKeys);
  if ("fault" in keyring) throw new CliError(`ENCRYPTION_KEYS ${keyring.fault}.`);
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
