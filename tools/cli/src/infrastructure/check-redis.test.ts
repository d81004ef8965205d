import { findFreePort } from "@loudhailer/local/free-port.ts";
import { expect, inject, test } from "vitest";
import { checkRedis } from "./check-redis.ts";

test("a Redis that answers passes", async () => {
  await expect(checkRedis(inject("redisUrl"))).resolves.toBeUndefined();
});

test("one that does not answer is named without its password, with the remedy", async () => {
  const port = await findFreePort();
  const failure = checkRedis(`redis://:do-not-show-me@127.0.0.1:${port}`);
  await expect(failure).rejects.toThrow(
    `REDIS_URL does not answer: nothing accepts connections at 127.0.0.1:${port}.`,
  );
  await expect(failure).rejects.not.toThrow("do-not-show-me");
});
