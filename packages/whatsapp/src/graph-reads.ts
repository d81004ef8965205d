import { createHmac } from "node:crypto";
import type { z } from "zod";
import { enc, jsonHeaders, type GraphCall, type WithToken } from "./graph-call.ts";
import { GraphUnavailableError } from "./graph-error.ts";
import {
  graphPage,
  graphPhoneNumber,
  graphSuccess,
  graphTemplate,
  graphToken,
  graphWabaOwner,
  templateFields,
  type GraphPhoneNumber,
  type GraphTemplate,
  type GraphToken,
} from "./graph-objects.ts";

/**
 * Calls that read from Meta, and the webhook subscription.
 * @throws GraphError if Meta refuses
 * @throws GraphUnavailableError if Meta gives no usable answer
 */
export interface GraphReads {
  getPhoneNumber(input: WithToken & { phoneNumberId: string }): Promise<GraphPhoneNumber>;
  /** Returns the id of the business portfolio that owns the WABA, or null if Meta omits it. */
  getPortfolioId(input: WithToken & { wabaId: string }): Promise<string | null>;
  listPhoneNumbers(input: WithToken & { wabaId: string }): Promise<GraphPhoneNumber[]>;
  /** Yields pages of up to `limit` templates (default 100). */
  listTemplates(
    input: WithToken & { wabaId: string; limit?: number },
  ): AsyncIterable<GraphTemplate[]>;
  /** Subscribes the token's app to the WABA's webhooks. Safe to repeat. */
  subscribeApp(input: WithToken & { wabaId: string }): Promise<void>;
  debugToken(input: WithToken): Promise<GraphToken>;
  /**
   * Checks that the secret belongs to the token's app by asking for the number with a proof of it.
   * @throws GraphError with code 100 if it doesn't, or if the token can't access the number
   */
  proveAppSecret(input: WithToken & { phoneNumberId: string; appSecret: string }): Promise<void>;
}

// `messaging_limit_tier` is deprecated, so it isn't requested; Meta may still send it.
const phoneNumberFields =
  "id,display_phone_number,verified_name,quality_rating,status,code_verification_status,name_status,platform_type,throughput,whatsapp_business_manager_messaging_limit";

// A WABA can have at most 6,000 templates, so this suffices even with one template per page.
const pagesMax = 10_000;

export function createGraphReads(call: GraphCall): GraphReads {
  const get = <T>(schema: z.ZodType<T>, path: string, accessToken: string) =>
    call(schema, { method: "GET", path, headers: jsonHeaders, accessToken });

  return {
    getPhoneNumber: ({ phoneNumberId, accessToken }) =>
      get(graphPhoneNumber, `/${enc(phoneNumberId)}?fields=${phoneNumberFields}`, accessToken),

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
      await call(graphSuccess, { method: "POST", path, headers: jsonHeaders, accessToken });
    },

    debugToken: ({ accessToken }) =>
      get(graphToken, `/debug_token?input_token=${enc(accessToken)}`, accessToken),

    async proveAppSecret({ phoneNumberId, accessToken, appSecret }) {
      const proof = createHmac("sha256", appSecret).update(accessToken).digest("hex");
      const path = `/${enc(phoneNumberId)}?fields=id&appsecret_proof=${proof}`;
      await get(graphPhoneNumber, path, accessToken);
    },
  };
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
    const request = { path: path + cursor, headers: jsonHeaders, accessToken };
    const { data, after: next } = await call(graphPage, { method: "GET", ...request });
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
