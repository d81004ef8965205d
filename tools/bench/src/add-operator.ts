import { createOrganization } from "@loudhailer/core/accounts/create-organization.ts";
import { sql } from "kysely";
import { z } from "zod";
import { createNumber, variables } from "./bench-broadcast.ts";
import { callApi } from "./call-api.ts";
import type { Stack } from "./start-stack.ts";

/** An organization that uses the real API, with its number, template, and contacts. */
export interface Operator {
  organizationId: string;
  apiKey: string;
  providerId: string;
  templateId: string;
  phoneNumberId: string;
}

/** Creates an organization with an API key, a number, and `contacts` contacts. */
export async function addOperator(
  { db, databaseUrl, simulator }: Stack,
  number: { phoneNumberId: string; messagesPerSecond: number },
  contacts: number,
): Promise<Operator> {
  const { phoneNumberId } = number;
  const wabaId = `8${phoneNumberId}`;
  await simulator.setNumber({ phoneNumberId, wabaId, messagesPerSecond: 0 });
  const { organizationId, apiKey } = await createOrganization({
    databaseUrl,
    name: `Bench ${phoneNumberId}`,
    email: `bench-${phoneNumberId}@example.com`,
    password: `of this run alone ${phoneNumberId}`,
  });
  const { providerId, templateId } = await createNumber(db, { ...number, wabaId }, organizationId);
  await sql`
    insert into contacts (organization_id, phone, name, email, attributes, tags)
    select ${organizationId}::uuid, '+1555' || lpad(n::text, 7, '0'), 'Ada ' || n,
      'ada' || n || '@example.com', jsonb_build_object('City', 'Berlin'), array['bench']
    from generate_series(1, ${contacts}::integer) n
  `.execute(db);
  await sql`vacuum analyze contacts`.execute(db);
  return { organizationId, apiKey, providerId, templateId, phoneNumberId };
}

const created = z.object({ id: z.string() });

/** Creates a draft to all of the operator's contacts over HTTP, and returns its id. */
export async function createDraft({ api }: Stack, operator: Operator): Promise<string> {
  const { body } = await callApi(
    { url: api.url, apiKey: operator.apiKey },
    "POST",
    "/v1/broadcasts",
    created,
    {
      name: "Bench",
      providerId: operator.providerId,
      templateId: operator.templateId,
      segmentCriteria: { combinator: "and", rules: [] },
      variables,
    },
  );
  return body.id;
}
