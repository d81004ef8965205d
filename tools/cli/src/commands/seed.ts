import { migrateToLatest } from "@loudhailer/migrations/migrate.ts";
import { statePaths } from "../checkout.ts";
import { demoNumber } from "../infrastructure/demo-number.ts";
import { withDatabase } from "../infrastructure/with-database.ts";
import type { Output } from "../output.ts";
import { seedDemoOrganization } from "../run/seed-demo-organization.ts";
import { loadSecrets } from "../state/secrets.ts";

/** Runs `seed`: creates the demo organization, or updates it. */
export async function seed(output: Output): Promise<void> {
  const paths = statePaths();
  await withDatabase(paths, output, async (databaseUrl) => {
    await migrateToLatest({ databaseUrl });
    const login = await seedDemoOrganization(databaseUrl, demoNumber(), loadSecrets(paths.secrets));
    output.say(`Organization  Datacare Demo (${login.organizationId})`);
    output.say(`Login         ${login.email}  password ${login.password}`);
    output.say(`API key       ${login.apiKey}`);
  });
}
