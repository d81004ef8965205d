import { isObject, type JsonObject } from "../json.ts";

export const testPhoneNumberId = "106540352242922";
export const wabaId = "102290129340398";

export interface Answer {
  readonly status: number;
  readonly json: JsonObject;
  /** `error.code`, or 0. */
  readonly code: number;
  /** `error.error_data.details`, or the empty string. */
  readonly details: string;
}

/** Calls the simulator over HTTP, with its default token if none is given. */
export async function callGraph(
  url: string,
  method: string,
  path: string,
  body?: unknown,
  token = "simulator-token",
): Promise<Answer> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const parsed: unknown = text.startsWith("{") ? JSON.parse(text) : { text };
  const json = isObject(parsed) ? parsed : {};
  const error = isObject(json.error) ? json.error : {};
  const data = isObject(error.error_data) ? error.error_data : {};
  return {
    status: response.status,
    json,
    code: typeof error.code === "number" ? error.code : 0,
    details: typeof data.details === "string" ? data.details : "",
  };
}

const text = (value: string): JsonObject => ({ type: "text", text: value });

/** Returns a correct `spring_sale` message. */
export function springSale(to: string, callbackData?: string): JsonObject {
  return {
    messaging_product: "whatsapp",
    recipient_type: "individual",
    to,
    type: "template",
    template: {
      name: "spring_sale",
      language: { code: "en_US" },
      components: [
        { type: "body", parameters: [text("Ann"), text("Rome")] },
        { type: "button", sub_type: "url", index: "0", parameters: [text("8f3a")] },
      ],
    },
    ...(callbackData === undefined ? {} : { biz_opaque_callback_data: callbackData }),
  };
}

/** Sends one `spring_sale` message. */
export function send(
  url: string,
  to: string,
  callbackData?: string,
  phoneNumberId = testPhoneNumberId,
): Promise<Answer> {
  return callGraph(url, "POST", `/v25.0/${phoneNumberId}/messages`, springSale(to, callbackData));
}

/** Returns the phone number of a test's n-th recipient. */
export function phoneOf(n: number): string {
  return `+4915${String(100_000_000 + n)}`;
}
