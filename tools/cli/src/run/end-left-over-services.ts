import { join } from "node:path";
import { commandLineOf, stopProcess } from "@loudhailer/local/running-process.ts";
import { checkoutDir } from "../checkout.ts";
import { readRunFile, removeRunFile } from "../state/run-file.ts";

/** Stops the services that a killed command left running. The caller must hold the lock. */
export async function endLeftOverServices(runFile: string): Promise<void> {
  const run = readRunFile(runFile);
  if (!run) return;
  const { api, webhook, dispatcher, dashboard } = run.pids;
  // Process ids are reused, so stop only processes that run one of this checkout's services.
  const services = [...dispatcher, webhook, api].filter((pid) =>
    commandLineOf(pid).includes(join(checkoutDir, "services")),
  );
  // Next replaces the name of its process.
  const isDashboard = dashboard !== null && /^next-server\b/.test(commandLineOf(dashboard));
  const ours = isDashboard ? [dashboard, ...services] : services;
  await Promise.all(ours.map((pid) => stopProcess(pid, { graceMs: 5_000 })));
  removeRunFile(runFile);
}
