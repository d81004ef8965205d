import { join } from "node:path";
import { checkoutDir } from "../checkout.ts";
import { runProgram } from "../run-program.ts";

/** Runs `test`: all tests, or those that vitest's arguments select. Returns the exit code. */
export function test(vitestArgs: string[]): Promise<number> {
  const vitest = join(checkoutDir, "node_modules", "vitest", "vitest.mjs");
  return runProgram(process.execPath, [vitest, "run", ...vitestArgs]);
}
