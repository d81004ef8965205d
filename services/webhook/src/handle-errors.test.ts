import { DomainError } from "@loudhailer/core/domain-error.ts";
import { createLogger } from "@loudhailer/runtime/logger.ts";
import { fastify } from "fastify";
import { expect, test } from "vitest";
import { handleErrors } from "./handle-errors.ts";
import { UnavailableError } from "./webhook-errors.ts";

async function answerTo(error: Error) {
  const app = fastify();
  handleErrors(app, createLogger({ service: "webhook", level: "silent" }));
  app.get("/", () => {
    throw error;
  });
  const { statusCode, headers } = await app.inject("/");
  return { statusCode, retryAfter: headers["retry-after"] };
}

test.each([
  ["a batcher that is full", new UnavailableError("full"), 503],
  ["contacts that change at every attempt", new DomainError("unavailable", "contended"), 503],
  ["a fault of the service", new Error("broken"), 500],
])("answers %s with the status that makes Meta send again", async (_, error, status) => {
  expect(await answerTo(error)).toEqual({
    statusCode: status,
    retryAfter: status === 503 ? "5" : undefined,
  });
});
