import { join } from "node:path";
import { installRedisServer } from "@loudhailer/local/install-redis-server.ts";
import { findRedisServer } from "@loudhailer/local/redis-server.ts";
import { checkoutDir } from "../checkout.ts";
import { runProgram } from "../run-program.ts";

/**
 * Runs `bench` with the benchmarks' own arguments and returns the exit code. First installs Redis
 * if there is none, since the benchmarks measure it.
 * @throws Error with instructions if Redis is missing and can't be installed
 */
export async function bench(benchArgs: string[]): Promise<number> {
  if (!process.env["REDIS_URL"] && !findRedisServer()) installRedisServer();
  const main = join(checkoutDir, "tools", "bench", "src", "main.ts");
  return runProgram(process.execPath, [main, ...benchArgs]);
}
