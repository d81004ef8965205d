import type { Ports } from "../processes/choose-ports.ts";
import type { Secrets } from "../state/secrets.ts";

/** Settings that the services of one run share. */
export interface ServiceSettings {
  databaseUrl: string;
  redisUrl: string | null;
  /** URL of the simulator. Null to keep META_GRAPH_URL of the environment. */
  simulatorUrl: string | null;
  secrets: Secrets;
  ports: Ports;
  production: boolean;
}

/** Returns the environment for every service of a run. Each service reads its own port from it. */
export function serviceEnvironment(settings: ServiceSettings): NodeJS.ProcessEnv {
  const { ports, secrets } = settings;
  const env: NodeJS.ProcessEnv = {
    // Browsers use this address. The dashboard forwards requests for the API.
    PUBLIC_URL: `http://127.0.0.1:${ports.dashboard ?? ports.api}`,
    WEBHOOK_PUBLIC_URL: `http://127.0.0.1:${ports.webhook}`,
    ...process.env,
    // A local run must not be reachable from the network by default.
    LISTEN_HOST: process.env["LISTEN_HOST"] || "127.0.0.1",
    DATABASE_URL: settings.databaseUrl,
    AUTH_SECRET: secrets.authSecret,
    ENCRYPTION_KEYS: secrets.encryptionKeys,
    API_PORT: String(ports.api),
    WEBHOOK_PORT: String(ports.webhook),
  };
  delete env["REDIS_URL"];
  if (settings.redisUrl !== null) env["REDIS_URL"] = settings.redisUrl;
  if (settings.simulatorUrl !== null) env["META_GRAPH_URL"] = settings.simulatorUrl;
  if (settings.production) env["NODE_ENV"] = "production";
  return env;
}
