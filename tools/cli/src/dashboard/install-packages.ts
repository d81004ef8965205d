import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { stopProcess } from "@loudhailer/local/running-process.ts";
import { checkoutDir } from "../checkout.ts";
import { CliError } from "../cli-error.ts";
import type { ShutdownStack } from "../processes/shutdown-stack.ts";

/**
 * Installs the packages that the `loudhailer` script hasn't installed because only the dashboard and the
 * tests need them. Does nothing if all are installed or this command wasn't started by the script.
 * @throws CliError with the script's error if the installation fails
 */
export async function installPackages(
  stack: ShutdownStack,
  say: (line: string) => void,
  script = join(checkoutDir, "loudhailer"),
): Promise<void> {
  if (!process.env["LOUDHAILER_HAS_SENDING_ONLY"]) return;
  say("Dashboard   installing its packages …");
  const child = spawn(script, ["--install"], {
    // A process group of its own, since npm must end together with the script.
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const closed = once(child, "close");
  const { pid } = child;
  if (pid === undefined) throw new CliError(`${script} can't be started.`);
  let isOver = false;
  stack.add({
    stop: async (graceMs) => {
      if (!isOver) await stopProcess(-pid, { graceMs });
    },
    kill: () => {
      if (!isOver) void stopProcess(-pid, { signal: "SIGKILL" });
    },
  });
  const errors = await text(child.stderr);
  const [code]: unknown[] = await closed;
  isOver = true;
  if (code === 0) return;
  throw new CliError(`The dashboard's packages can't be installed:\n${errors.trim()}`);
}
