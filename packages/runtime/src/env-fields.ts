import { isIP } from "node:net";
import { z } from "zod";
import { isDatabaseUrl } from "./database-address.ts";
import { parseEncryptionKeys } from "./parse-encryption-keys.ts";

/**
 * The environment variables that several services read, with one meaning each. The `example` is
 * shown when a variable is missing or malformed, so it must never be a usable secret.
 */

function urlWith(protocols: readonly string[], problem: string): z.ZodType<string, string> {
  return z
    .string()
    .refine((value) => protocols.includes(URL.parse(value)?.protocol ?? ""), problem);
}

/** URL with a password. Must never be logged or shown: use `databaseAddress` for messages. */
export const databaseUrl = z
  .string()
  .refine(
    isDatabaseUrl,
    "must be a postgres:// address with a host (special characters of the password percent-encoded)",
  )
  .meta({ example: "postgres://loudhailer:password@127.0.0.1:5432/loudhailer" });

/** URL of Redis. Without it the queue is in PostgreSQL. */
export const redisUrl = urlWith(["redis:", "rediss:"], "must be a redis:// or rediss:// address")
  .meta({ example: "redis://127.0.0.1:6379" })
  .optional();

function webUrl(example: string): z.ZodType<string, string> {
  return urlWith(["http:", "https:"], "must be an http:// or https:// address")
    .transform((value) => value.replace(/\/+$/, ""))
    .meta({ example });
}

export const metaGraphUrl = webUrl("https://graph.facebook.com").default(
  "https://graph.facebook.com",
);

export const metaGraphVersion = z
  .string()
  .regex(/^v\d+\.\d+$/, "must look like v25.0")
  .meta({ example: "v25.0" })
  .default("v25.0");

/** App secret of one Meta app for the whole platform. A number's own app secret overrides it. */
export const metaAppSecret = z
  .string()
  .meta({ example: "<App secret, from App settings > Basic>" })
  .optional();

export const encryptionKeys = z
  .string()
  .transform((value, context) => {
    const keyring = parseEncryptionKeys(value);
    if (!("error" in keyring)) return keyring;
    context.addIssue({ code: "custom", message: keyring.error });
    return z.NEVER;
  })
  .meta({ example: "k1:$(openssl rand -base64 32)" });

export const authSecret = z
  .string()
  .min(32, "must have at least 32 characters")
  .meta({ example: "$(openssl rand -base64 32)" });

/** Address at which people reach the dashboard or API. The parsed value has no trailing slash. */
export const publicUrl = webUrl("https://loudhailer.example.com");

/** Address at which Meta reaches the webhook service. The parsed value has no trailing slash. */
export const webhookPublicUrl = webUrl("https://hooks.example.com");

/** URL with a password. Without it emails are written to the log. */
export const smtpUrl = urlWith(["smtp:", "smtps:"], "must be an smtp:// or smtps:// address")
  .meta({ example: "smtps://user:password@mail.example.com" })
  .optional();

/** Sender of emails: an address, or a name with an address. */
export const mailFrom = z
  .string()
  .regex(/@/, "must be an e-mail address, or a name with one in angle brackets")
  .meta({ example: "Loudhailer <loudhailer@example.com>" })
  .default("Loudhailer <loudhailer@localhost>");

const namedNetworks = ["loopback", "linklocal", "uniquelocal"];

/**
 * Addresses whose `X-Forwarded-For` is trusted: proxies and the dashboard, if they run on other
 * machines.
 */
export const trustedProxies = z
  .string()
  .transform((text) => text.split(",").map((part) => part.trim()))
  .refine(
    (parts) =>
      parts.every((part) => namedNetworks.includes(part) || isIP(part.replace(/\/\d{1,3}$/, ""))),
    "must be addresses, networks such as 10.0.0.0/8, or loopback, separated by commas",
  )
  .meta({ example: "loopback, 10.0.0.0/8" })
  .default(["loopback"]);

/** Returns the field of a port variable. The value 0 selects any free port. */
export function port(defaultPort: number): z.ZodDefault<z.ZodType<number, string>> {
  return z
    .string()
    .regex(/^\d{1,5}$/, "must be a port number")
    .transform(Number)
    .refine((value) => value <= 65_535, "must be a port number, at most 65535")
    .meta({ example: String(defaultPort) })
    .default(defaultPort);
}

/** Address that a service listens on. With 127.0.0.1 only this machine can reach the service. */
export const listenHost = z.string().meta({ example: "127.0.0.1" }).default("0.0.0.0");

export function positiveInteger(defaultValue: number): z.ZodDefault<z.ZodType<number, string>> {
  return z
    .string()
    .regex(/^[1-9]\d{0,6}$/, "must be a whole number above 0")
    .transform(Number)
    .meta({ example: String(defaultValue) })
    .default(defaultValue);
}

export const logLevel = z
  .enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"])
  .meta({ example: "info" })
  .default("info");
