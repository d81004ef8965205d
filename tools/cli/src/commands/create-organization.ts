import { createOrganization as create } from "@loudhailer/core/accounts/create-organization.ts";
import { migrateToLatest } from "@loudhailer/migrations/migrate.ts";
import { statePaths } from "../checkout.ts";
import { withDatabase } from "../infrastructure/with-database.ts";
import type { Output } from "../output.ts";

/**
 * Runs `organization create`: creates an organization, its owner, and an API key, which is shown
 * only once.
 */
export async function createOrganization(
  options: { name: string; email: string; password: string; json: boolean },
  output: Output,
): Promise<void> {
  const { json, ...input } = options;
  await withDatabase(statePaths(), output, async (databaseUrl) => {
    await migrateToLatest({ databaseUrl });
    const created = await create({ databaseUrl, ...input });
    if (json) {
      console.log(JSON.stringify(created));
      return;
    }
    output.say(`Organization  ${created.organizationId}`);
    output.say(`Owner         ${created.userId}`);
    output.say(`API key       ${created.apiKey}  (shown this once)`);
  });
}
