import { findFreePort } from "@loudhailer/local/free-port.ts";
import { storeUrl } from "@loudhailer/testing/store-url.ts";
import { expect, test } from "vitest";
import { checkRedis } from "./check-redis.ts";

const redisUrl = await storeUrl("redis");

test("checkRedis resolves when Redis accepts connections", async () => {
  await expect(checkRedis(redisUrl)).resolves.toBeUndefined();
});

test("checkRedis names an unreachable Redis without its password", async () => {
  const port = await findFreePort();
  const failure = checkRedis(`redis://:do-not-show-me@127.0.0.1:${port}`);
  await expect(failure).rejects.toThrow(
    `REDIS_URL does not answer: nothing accepts connections at 127.0.0.1:${port}.`,
  );
  await expect(failure).rejects.not.toThrow("do-not-show-me");
});
