import { join } from "node:path";
import { findFreePort } from "@loudhailer/local/free-port.ts";
import { checkoutDir, type StatePaths } from "../checkout.ts";
import type { ShutdownStack } from "../processes/shutdown-stack.ts";
import { superviseProcess } from "../processes/supervise-process.ts";
import type { DemoNumber } from "./demo-number.ts";

/** Behavior of the simulated Meta. Shares are fractions of the recipients, 0 to 1. */
export interface SimulatorBehavior {
  messagesPerSecond: number;
  undeliverable?: number;
  optedOut?: number;
  marketingCapped?: number;
  cutAfter?: number;
}

/**
 * Starts the simulator of Meta's Graph API and resolves to its URL when it answers.
 * @throws CliError if the simulator exits or isn't ready within 60 s
 */
export async function startSimulator({
  paths,
  webhookPort,
  number,
  behavior,
  stack,
  say,
}: {
  paths: StatePaths;
  webhookPort: number;
  number: DemoNumber;
  behavior: SimulatorBehavior;
  stack: ShutdownStack;
  say(line: string): void;
}): Promise<string> {
  // This process chooses the port, so that the simulator uses the same one after a restart.
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const flags = {
    port,
    "webhook-url": `http://127.0.0.1:${webhookPort}/webhooks/whatsapp`,
    "verify-token": number.verifyToken,
    "access-token": number.accessToken,
    "app-secret": number.appSecret,
    "phone-number-id": number.phoneNumberId,
    "waba-id": number.wabaId,
    "messages-per-second": behavior.messagesPerSecond,
    undeliverable: behavior.undeliverable,
    "opted-out": behavior.optedOut,
    "marketing-capped": behavior.marketingCapped,
    "cut-after": behavior.cutAfter,
  };
  const args = Object.entries(flags).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}=${value}`],
  );
  await superviseProcess(
    {
      name: "simulator",
      command: process.execPath,
      args: [join(checkoutDir, "tools", "meta-simulator", "src", "main.ts"), ...args],
      env: process.env,
      logFile: join(paths.logs, "simulator.log"),
      readyUrl: `${url}/_ledger`,
      say,
    },
    stack.openGroup(),
  );
  return url;
}
