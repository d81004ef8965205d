import { join } from "node:path";
import { findFreePort } from "@loudhailer/local/free-port.ts";
import { openSimulator, type SimulatorClient } from "./open-simulator.ts";
import { startInfrastructure, type Infrastructure } from "./start-infrastructure.ts";
import { startProcess, type StartedProcess } from "./start-process.ts";

/** One service that may be killed and started again where it was. */
export interface ServiceProcess {
  name: string;
  url: string;
  process(): StartedProcess;
  kill(): Promise<void>;
  start(): Promise<void>;
}

/** Everything but dispatchers, each a process of its own: stores, simulator, api and webhook. */
export interface Stack {
  infrastructure: Infrastructure;
  simulator: SimulatorClient;
  api: ServiceProcess;
  webhook: ServiceProcess;
  close(): Promise<void>;
}

/** Starts it, with the simulator's webhooks going to the webhook service. */
export async function startStack(simulatorFlags: string[]): Promise<Stack> {
  const [apiPort, webhookPort] = [await findFreePort(), await findFreePort()];
  const webhookUrl = `http://127.0.0.1:${webhookPort}`;
  const infrastructure = await startInfrastructure([
    ...simulatorFlags,
    "--webhook-url",
    `${webhookUrl}/webhooks/whatsapp`,
    "--app-secret",
    appSecret,
  ]);
  const api = await openService(infrastructure, "api", apiPort, {
    API_PORT: String(apiPort),
    AUTH_SECRET: "a secret of this run alone, long enough",
    PUBLIC_URL: `http://127.0.0.1:${apiPort}`,
    WEBHOOK_PUBLIC_URL: webhookUrl,
  });
  const webhook = await openService(infrastructure, "webhook", webhookPort, {
    WEBHOOK_PORT: String(webhookPort),
    META_APP_SECRET: appSecret,
  });
  return {
    infrastructure,
    simulator: openSimulator(infrastructure.simulatorUrl),
    api,
    webhook,
    async close() {
      await Promise.all([api, webhook].map((service) => service.process().stop()));
      await infrastructure.close();
    },
  };
}

const appSecret = "bench-app-secret";

async function openService(
  { environment, stores }: Infrastructure,
  name: "api" | "webhook",
  port: number,
  env: Record<string, string>,
): Promise<ServiceProcess> {
  const start = () =>
    startProcess(
      `services/${name}/src/main.ts`,
      [],
      { ...environment, ...env },
      join(stores.logDir, `${name}.log`),
    );
  let running = await start();
  return {
    name,
    url: `http://127.0.0.1:${port}`,
    process: () => running,
    async kill() {
      running.signal("SIGKILL");
      await running.exited;
    },
    async start() {
      running = await start();
    },
  };
}
