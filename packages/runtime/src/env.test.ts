import { expect, test } from "vitest";
import { z } from "zod";
import * as fields from "./env-fields.ts";
import { EnvError, parseEnv } from "./env.ts";

const schema = z.object({
  DATABASE_URL: fields.databaseUrl,
  REDIS_URL: fields.redisUrl,
  API_PORT: fields.port(4000),
  ENCRYPTION_KEYS: fields.encryptionKeys,
  AUTH_SECRET: fields.authSecret,
  LOG_LEVEL: fields.logLevel,
});

const key = Buffer.alloc(32, 7).toString("base64");
const good = {
  DATABASE_URL: "postgres://me:pa%40ss@db.internal:6543/loudhailer",
  ENCRYPTION_KEYS: `new:${key},old:${key}`,
  AUTH_SECRET: "x".repeat(32),
};

function errorOf(source: Record<string, string>): EnvError {
  try {
    parseEnv(schema, source);
  } catch (error) {
    if (error instanceof EnvError) return error;
    throw error;
  }
  throw new Error("was accepted");
}

test("parseEnv returns parsed values and defaults for a valid environment", () => {
  const env = parseEnv(schema, good);
  expect(env).toMatchObject({ API_PORT: 4000, LOG_LEVEL: "info" });
  expect(env.ENCRYPTION_KEYS.currentId).toBe("new");
  expect([...env.ENCRYPTION_KEYS.keys.keys()]).toEqual(["new", "old"]);
});

test("parseEnv treats an empty or blank variable as not set", () => {
  const env = parseEnv(schema, { ...good, API_PORT: "", REDIS_URL: "  ", LOG_LEVEL: "" });
  expect(env).toMatchObject({ API_PORT: 4000, LOG_LEVEL: "info" });
  expect(env.REDIS_URL).toBeUndefined();
});

test("parseEnv reports all issues at once, with examples and without values", () => {
  const error = errorOf({
    DATABASE_URL: "mysql://root:hunter2@db/x",
    API_PORT: "99999",
    ENCRYPTION_KEYS: "k1:c2VjcmV0",
    LOG_LEVEL: "loud",
  });
  expect(error.issues.map((issue) => issue.variable)).toEqual([
    "DATABASE_URL",
    "API_PORT",
    "ENCRYPTION_KEYS",
    "AUTH_SECRET",
    "LOG_LEVEL",
  ]);
  expect(error.message).toContain("5 things are wrong");
  expect(error.message).toContain("DATABASE_URL must be a postgres:// address with a host");
  expect(error.message).toContain("DATABASE_URL=postgres://");
  expect(error.message).toContain("AUTH_SECRET is not set");
  expect(error.message).toContain("API_PORT=4000");
  expect(error.message).not.toMatch(/hunter2|c2VjcmV0|mysql|loud"/);
});

test.each([
  ["nonsense", "entry 1 is not of the form"],
  [`a:${key},a:${key}`, "entry 2 repeats"],
  [`a:${key},b:AAAA`, "entry 2 has a key of 3 bytes"],
  [`a:${key},`, "entry 2 is not of the form"],
])(
  "parseEnv rejects malformed encryption keys and names the entry by position: %#",
  (keys, problem) => {
    expect(errorOf({ ...good, ENCRYPTION_KEYS: keys }).message).toContain(problem);
  },
);

test("parseEnv removes the trailing slash of a web address", () => {
  const env = parseEnv(
    z.object({ PUBLIC_URL: fields.publicUrl, META_GRAPH_URL: fields.metaGraphUrl }),
    {
      PUBLIC_URL: "https://a.example/",
    },
  );
  expect(env).toEqual({
    PUBLIC_URL: "https://a.example",
    META_GRAPH_URL: "https://graph.facebook.com",
  });
});
