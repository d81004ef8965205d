import { spawn } from "node:child_process";
import { constants } from "node:os";
import { checkoutDir } from "./checkout.ts";

/**
 * Runs a program in the checkout's folder and in this terminal. Resolves to its exit code, or 128 +
 * n if signal n ended it. Ctrl-C reaches the program directly, and SIGTERM is passed on.
 */
export function runProgram(
  command: string,
  args: string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: checkoutDir, env, stdio: "inherit" });
    const passOn = (signal: NodeJS.Signals): void => {
      child.kill(signal);
    };
    process.on("SIGTERM", passOn);
    process.on("SIGINT", ignoreSignal);
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      process.off("SIGTERM", passOn);
      process.off("SIGINT", ignoreSignal);
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
}

function ignoreSignal(): void {}
