import { parseArgs } from "node:util";
import { defaultOptions, type SimulatorOptions } from "./options.ts";

interface Flag {
  readonly flag: string;
  readonly kind: "number" | "text";
  readonly help: string;
}

const flag = (name: string, kind: Flag["kind"], help: string): Flag => ({ flag: name, kind, help });

const optionFlags: readonly Flag[] = [
  flag("port", "number", "port to listen on; 0 is any free one"),
  flag("host", "text", "address to listen on"),
  flag("seed", "number", "decides which recipients and requests the shares hit"),
  flag("webhook-url", "text", "the app's callback URL; without it there are no webhooks"),
  flag("verify-token", "text", "verify token of the callback URL"),
  flag("access-token", "text", "access token of the numbers"),
  flag("app-secret", "text", "app secret that signs webhooks"),
  flag("app-id", "text", "id of the app"),
  flag("undeliverable", "number", "share of recipients that fail with 131026"),
  flag("opted-out", "number", "share of recipients that fail with 131050 (marketing)"),
  flag("marketing-capped", "number", "share of recipients that fail with 131049 (marketing)"),
  flag("slow", "number", "share of recipients whose answer takes --slow-ms longer"),
  flag("slow-ms", "number", "how much longer"),
  flag("cut-before", "number", "share of recipients: connection cut, message not accepted"),
  flag("cut-after", "number", "share of recipients: message accepted, connection cut"),
  flag("hang-before", "number", "share of recipients: never answered, message not accepted"),
  flag("hang-after", "number", "share of recipients: message accepted, never answered"),
  flag("held", "number", "share of recipients: held for quality assessment first"),
  flag("held-ms", "number", "how long it is held"),
  flag("read-share", "number", "share of the delivered messages that are read"),
  flag("error-5xx", "number", "share of requests answered with 500 and code 131000"),
  flag("html", "number", "share of requests answered with 502 and HTML"),
  flag("rate-limited", "number", "share of requests answered with 429 and code 130429"),
  flag("latency-ms", "number", "time an answer takes, ±25%"),
  flag("template-review-ms", "number", "time until a created template is approved"),
  flag("webhook-batch", "number", "most statuses in one webhook"),
  flag("webhook-delay-ms", "number", "time from accepted to sent, to delivered, and to read"),
  flag("webhook-connections", "number", "most webhooks under way at once"),
  flag("webhook-timeout-ms", "number", "time a receiver has to answer"),
  flag("webhook-retry-ms", "number", "first wait before a webhook is sent again; doubles"),
  flag("webhook-retry-ms-max", "number", "longest wait before a webhook is sent again"),
  flag("webhook-repeat", "number", "share of webhooks that are sent twice"),
  flag("webhook-reorder", "number", "share of messages whose statuses arrive out of order"),
];

const numberFlags: readonly Flag[] = [
  flag("phone-number-id", "text", "id of the phone number"),
  flag("waba-id", "text", "id of its WhatsApp Business Account"),
  flag("display-phone-number", "text", "the phone number itself"),
  flag("verified-name", "text", "its verified name"),
  flag("messages-per-second", "number", "its throughput, enforced (80); 0 is no limit"),
  flag("throughput-level", "text", "STANDARD or HIGH"),
  flag("quality-rating", "text", "GREEN, YELLOW or RED"),
  flag("messaging-limit", "text", "TIER_250 … TIER_UNLIMITED"),
];

export const usage = `Usage: node tools/meta-simulator/src/main.ts [options]

A fake of Meta's Graph API for WhatsApp and of its webhooks. Prints {"url":"http://…"} when ready.

${[...optionFlags, ...numberFlags].map(describeFlag).join("\n")}
  --no-pair-rate            don't enforce one message per 6 s and recipient
  --help                    print this
`;

function describeFlag({ flag: name, help }: Flag): string {
  const value = new Map(Object.entries(defaultOptions)).get(toCamelCase(name));
  const shown = typeof value === "number" || typeof value === "string" ? ` (${value})` : "";
  return `  --${name.padEnd(24)}${help}${shown}`;
}

export type Arguments =
  | { readonly isHelp: true }
  | { readonly isHelp: false; readonly options: Partial<SimulatorOptions> };

/**
 * Parses the command line.
 * @throws Error in one sentence if an argument is unknown or a number flag has another value
 */
export function parseArguments(args: readonly string[]): Arguments {
  const names = [...optionFlags, ...numberFlags].map(
    (each) => [each.flag, { type: "string" }] as const,
  );
  const { values } = parseArgs({
    args: [...args],
    allowPositionals: false,
    options: {
      ...Object.fromEntries(names),
      help: { type: "boolean" },
      "no-pair-rate": { type: "boolean" },
    },
  });
  const given = new Map(Object.entries(values));
  if (given.get("help") === true) return { isHelp: true };
  return {
    isHelp: false,
    options: {
      ...readFlags(optionFlags, given),
      numbers: [readFlags(numberFlags, given)],
      ...(given.get("no-pair-rate") === true ? { pairRate: false } : {}),
    },
  };
}

function readFlags(
  flags: readonly Flag[],
  given: ReadonlyMap<string, unknown>,
): Record<string, string | number> {
  const read: Record<string, string | number> = {};
  for (const { flag: name, kind } of flags) {
    const value = given.get(name);
    if (typeof value !== "string") continue;
    read[toCamelCase(name)] = kind === "text" ? value : readNumber(name, value);
  }
  return read;
}

function readNumber(name: string, value: string): number {
  const number = value.trim() === "" ? Number.NaN : Number(value);
  if (!Number.isFinite(number)) throw new Error(`--${name} takes a number, not "${value}"`);
  return number;
}

/** Replaces option names with flags in a sentence about invalid values. */
export function nameFlags(sentence: string): string {
  const flags = new Map(
    [...optionFlags, ...numberFlags].map((each) => [toCamelCase(each.flag), each.flag]),
  );
  return sentence.replaceAll(/(?:numbers\.\d+\.)?(\w+): /g, (match, option: string) => {
    const name = flags.get(option);
    return name === undefined ? match : `--${name}: `;
  });
}

function toCamelCase(name: string): string {
  return name.replaceAll(/-(\w)/g, (_match, letter: string) => letter.toUpperCase());
}
