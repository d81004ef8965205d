import { join } from "node:path";
import { commandLineOf, stopProcess } from "@loudhailer/local/running-process.ts";
import { checkoutDir } from "../checkout.ts";
import { readRunFile, removeRunFile } from "../state/run-file.ts";

/** Ends the services that a killed command left running; to be called with the lock in hand. */
export async function endLeftOverServices(runFile: string): Promise<void> {
  const run = readRunFile(runFile);
  if (!run) return;
  const { api, webhook, dispatcher, dashboard } = run.pids;
  // Process ids are used again: only what runs one of our services is ours.
  const services = [...dispatcher, webhook, api].filter((pid) =>
    commandLineOf(pid).includes(join(checkoutDir, "services")),
  );
  // Next gives its process a name of its own.
  const isDashboard = dashboard !== null && /^next-server\b/.test(commandLineOf(dashboard));
  const ours = isDashboard ? [dashboard, ...services] : services;
  await Promise.all(ours.map((pid) => stopProcess(pid, { graceMs: 5_000 })));
  removeRunFile(runFile);
}
