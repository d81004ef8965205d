import { join } from "node:path";
import { installRedisServer } from "@loudhailer/local/install-redis-server.ts";
import { findRedisServer } from "@loudhailer/local/redis-server.ts";
import { checkoutDir } from "../checkout.ts";
import { runProgram } from "../run-program.ts";

/** `bench`, with the benchmarks' own arguments. They are about Redis, so there must be one. Returns the exit code. */
export async function bench(benchArgs: string[]): Promise<number> {
  if (!process.env["REDIS_URL"] && !findRedisServer()) installRedisServer();
  const main = join(checkoutDir, "tools", "bench", "src", "main.ts");
  return runProgram(process.execPath, [main, ...benchArgs]);
}
