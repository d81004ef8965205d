import { createHmac } from "node:crypto";
import type { z } from "zod";
import { GraphUnavailableError } from "./graph-error.ts";
import {
  graphPage,
  graphPhoneNumber,
  graphSuccess,
  graphTemplate,
  graphToken,
  graphWaba,
  graphWabaOwner,
  type GraphPhoneNumber,
  type GraphTemplate,
  type GraphToken,
  type GraphWaba,
} from "./graph-objects.ts";

export interface WithToken {
  accessToken: string;
}

/** Everything but sending. `GraphError` where Meta refuses, `GraphUnavailableError` without an answer. */
export interface GraphReads {
  getPhoneNumber(input: WithToken & { phoneNumberId: string }): Promise<GraphPhoneNumber>;
  getWaba(input: WithToken & { wabaId: string }): Promise<GraphWaba>;
  /** The id of the business portfolio that owns the account, or null where Meta doesn't say. */
  getPortfolioId(input: WithToken & { wabaId: string }): Promise<string | null>;
  listPhoneNumbers(input: WithToken & { wabaId: string }): Promise<GraphPhoneNumber[]>;
  /** Page by page, `limit` templates each (default 100). */
  listTemplates(
    input: WithToken & { wabaId: string; limit?: number },
  ): AsyncIterable<GraphTemplate[]>;
  /** Subscribes the token's app to the account's webhooks. Safe to repeat. */
  subscribeApp(input: WithToken & { wabaId: string }): Promise<void>;
  debugToken(input: WithToken): Promise<GraphToken>;
  /** Whether the secret is the one of the token's app; `GraphError` of code 100 where it isn't. */
  proveAppSecret(input: WithToken & { appSecret: string }): Promise<void>;
}

/** One call that answers with what the schema reads, or throws. `path` starts with a slash. */
export type GraphCall = <T>(
  schema: z.ZodType<T>,
  request: WithToken & { method: "GET" | "POST"; path: string },
) => Promise<T>;

// `messaging_limit_tier` is deprecated, so not asked for; Meta may still send it.
const phoneNumberFields =
  "id,display_phone_number,verified_name,quality_rating,status,code_verification_status,name_status,platform_type,throughput,whatsapp_business_manager_messaging_limit";
const wabaFields =
  "id,name,currency,timezone_id,message_template_namespace,account_review_status,business_verification_status";
const templateFields =
  "id,name,language,category,status,components,quality_score,rejected_reason,parameter_format";

// 6,000 templates are the most an account may have; at one a page this still ends.
const pagesMax = 10_000;

export function createGraphReads(call: GraphCall): GraphReads {
  const get = <T>(schema: z.ZodType<T>, path: string, accessToken: string) =>
    call(schema, { method: "GET", path, accessToken });

  return {
    getPhoneNumber: ({ phoneNumberId, accessToken }) =>
      get(graphPhoneNumber, `/${enc(phoneNumberId)}?fields=${phoneNumberFields}`, accessToken),

    getWaba: ({ wabaId, accessToken }) =>
      get(graphWaba, `/${enc(wabaId)}?fields=${wabaFields}`, accessToken),

    getPortfolioId: ({ wabaId, accessToken }) =>
      get(graphWabaOwner, `/${enc(wabaId)}?fields=owner_business_info`, accessToken),

    async listPhoneNumbers({ wabaId, accessToken }) {
      const path = `/${enc(wabaId)}/phone_numbers?fields=${phoneNumberFields}&limit=100`;
      const numbers: GraphPhoneNumber[] = [];
      for await (const page of pagesOf(call, graphPhoneNumber, path, accessToken)) {
        numbers.push(...page);
      }
      return numbers;
    },

    listTemplates({ wabaId, accessToken, limit = 100 }) {
      const path = `/${enc(wabaId)}/message_templates?fields=${templateFields}&limit=${limit}`;
      return pagesOf(call, graphTemplate, path, accessToken);
    },

    async subscribeApp({ wabaId, accessToken }) {
      const path = `/${enc(wabaId)}/subscribed_apps`;
      await call(graphSuccess, { method: "POST", path, accessToken });
    },

    debugToken: ({ accessToken }) =>
      get(graphToken, `/debug_token?input_token=${enc(accessToken)}`, accessToken),

    async proveAppSecret({ accessToken, appSecret }) {
      const proof = createHmac("sha256", appSecret).update(accessToken).digest("hex");
      const path = `/debug_token?input_token=${enc(accessToken)}&appsecret_proof=${proof}`;
      await get(graphToken, path, accessToken);
    },
  };
}

function enc(value: string): string {
  return encodeURIComponent(value.toWellFormed());
}

async function* pagesOf<T>(
  call: GraphCall,
  schema: z.ZodType<T>,
  path: string,
  accessToken: string,
): AsyncGenerator<T[]> {
  let after: string | null = null;
  for (let page = 0; page < pagesMax; page += 1) {
    const cursor: string = after === null ? "" : `&after=${enc(after)}`;
    const request = { method: "GET" as const, path: path + cursor, accessToken };
    const { data, after: next } = await call(graphPage, request);
    yield data.flatMap((item) => {
      const parsed = schema.safeParse(item);
      return parsed.success ? [parsed.data] : [];
    });
    if (next === null) return;
    if (next === after) throw new GraphUnavailableError("the list's cursor doesn't move");
    after = next;
  }
  throw new GraphUnavailableError(`the list has more than ${pagesMax} pages`);
}
