import { findFreePort } from "@loudhailer/local/free-port.ts";
import { openService, type ServiceProcess } from "./open-service.ts";
import {
  appSecret,
  startInfrastructure,
  type DatabaseFront,
  type Infrastructure,
} from "./start-infrastructure.ts";

/** Everything but dispatchers, each in its own process: stores, simulator, API, and webhook. */
export interface Stack extends Infrastructure {
  api: ServiceProcess;
  webhook: ServiceProcess;
}

/** Starts a stack whose simulator sends its webhooks to the webhook service. */
export async function startStack(
  simulatorFlags: string[],
  front: DatabaseFront = "none",
): Promise<Stack> {
  const [apiPort, webhookPort] = [await findFreePort(), await findFreePort()];
  const webhookUrl = `http://127.0.0.1:${webhookPort}`;
  const toWebhook = ["--webhook-url", `${webhookUrl}/webhooks/whatsapp`, "--app-secret", appSecret];
  const infrastructure = await startInfrastructure([...simulatorFlags, ...toWebhook], front);
  const { environment, stores } = infrastructure;
  const api = await openService("api", {
    port: apiPort,
    env: {
      ...environment,
      API_PORT: String(apiPort),
      AUTH_SECRET: "a secret of this run alone, long enough",
      PUBLIC_URL: `http://127.0.0.1:${apiPort}`,
      WEBHOOK_PUBLIC_URL: webhookUrl,
    },
    logDir: stores.logDir,
  });
  const webhook = await openService("webhook", {
    port: webhookPort,
    env: { ...environment, WEBHOOK_PORT: String(webhookPort), META_APP_SECRET: appSecret },
    logDir: stores.logDir,
  });
  return {
    ...infrastructure,
    api,
    webhook,
    async close() {
      await Promise.all([api, webhook].map((service) => service.process().stop()));
      await infrastructure.close();
    },
  };
}
