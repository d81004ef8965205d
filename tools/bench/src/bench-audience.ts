import { createApiKey } from "@loudhailer/core/accounts/create-api-key.ts";
import { createOrganization } from "@loudhailer/core/accounts/create-organization.ts";
import { countActivity } from "@loudhailer/core/overview/count-activity.ts";
import { createDb } from "@loudhailer/db/create-db.ts";
import { createPool } from "@loudhailer/db/create-pool.ts";
import { z } from "zod";
import { addHistory } from "./audience/add-history.ts";
import { importCsv } from "./audience/import-csv.ts";
import { measure, questionsOf, type Question } from "./audience/questions.ts";
import type { BenchOptions } from "./bench-options.ts";
import { callApi } from "./call-api.ts";
import { residentMbMax } from "./read-process.ts";
import { round } from "./round.ts";
import { startStack, type Stack } from "./start-stack.ts";

const contactsDefault = 1_000_000;
const foreignContacts = 100_000;
const broadcasts = 10;
const timesDefault = 200;
const importRowsPerSecond = 20_000;
/** Megabytes of memory that a ten times larger import may use in addition. */
const flatMbMax = 60;

/**
 * Measures a million contacts through the real API: the speed and memory of their import, then the
 * duration of lists, searches, counts, and the overview. Another organization has contacts too.
 */
export async function benchAudience(options: BenchOptions): Promise<object> {
  const contacts = options.recipients ?? contactsDefault;
  const stack = await startStack([]);
  try {
    const foreign = await newOrganization(stack, "foreign");
    await importCsv(foreign.api, 5_000_000, Math.min(foreignContacts, contacts));
    const smallMb = residentMbMax(stack.api.process().pid);
    const { api, organizationId } = await newOrganization(stack, "large");
    const seconds = await importCsv(api, 0, contacts);
    const largeMb = residentMbMax(stack.api.process().pid);
    const imported = {
      rows: contacts,
      seconds: round(seconds),
      rowsPerSecond: Math.round(contacts / seconds),
      apiMbAfter100k: smallMb,
      apiMbAfterAll: largeMb,
      isWithin: contacts / seconds >= importRowsPerSecond && largeMb - smallMb <= flatMbMax,
    };
    console.error(JSON.stringify({ import: imported }));
    const questions = await prepare(stack, organizationId, contacts);
    const figures = await askAll(stack, organizationId, questions, options);
    return {
      import: imported,
      ...figures,
      isWithin: imported.isWithin && Object.values(figures).every(({ isWithin }) => isWithin),
    };
  } finally {
    await stack.close();
  }
}

async function newOrganization(stack: Stack, name: string) {
  const { organizationId, apiKey } = await createOrganization({
    databaseUrl: stack.databaseUrl,
    name,
    email: `${name}@example.com`,
    password: `of this run alone ${name}`,
  });
  return { organizationId, api: { url: stack.api.url, apiKey } };
}

async function prepare(
  stack: Stack,
  organizationId: string,
  contacts: number,
): Promise<Question[]> {
  const { db, databaseUrl } = stack;
  const engineDb = createDb(
    createPool({ connectionString: databaseUrl, role: "loudhailer_engine" }),
  );
  try {
    const broadcastIds = await addHistory(db, organizationId, broadcasts);
    await countActivity(engineDb);
    const { id } = await db
      .selectFrom("contacts")
      .where("organization_id", "=", organizationId)
      .select("id")
      .orderBy("id")
      .offset(Math.floor(contacts / 3))
      .limit(1)
      .executeTakeFirstOrThrow();
    return questionsOf(broadcastIds, id);
  } finally {
    await engineDb.destroy();
  }
}

async function askAll(
  stack: Stack,
  organizationId: string,
  questions: Question[],
  { only, runs }: BenchOptions,
) {
  const chosen = questions.filter(
    ({ name }) => only.length === 0 || only.some((start) => name.startsWith(start)),
  );
  const figures: Record<string, Awaited<ReturnType<typeof measure>>> = {};
  for (const question of chosen) {
    // Each request has its own API key, to stay below the limit of requests per minute.
    const { name } = question;
    const apiKey = await createApiKey(stack.db, { organizationId, name, createdBy: null });
    figures[name] = await measure(question, runs ?? timesDefault, ({ method, path, body }) =>
      callApi({ url: stack.api.url, apiKey }, method, path, z.unknown(), body),
    );
    console.error(JSON.stringify({ [name]: figures[name] }));
  }
  return figures;
}
