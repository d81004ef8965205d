import type { Ports } from "../processes/choose-ports.ts";
import type { Secrets } from "../state/secrets.ts";

/** What the services of one run have in common. */
export interface ServiceSettings {
  databaseUrl: string;
  redisUrl: string | null;
  /** The simulator's; null leaves META_GRAPH_URL as the environment has it. */
  simulatorUrl: string | null;
  secrets: Secrets;
  ports: Ports;
  production: boolean;
}

/** The environment of every service of a run; each picks its own port from it. */
export function serviceEnvironment(settings: ServiceSettings): NodeJS.ProcessEnv {
  const { ports, secrets } = settings;
  const env: NodeJS.ProcessEnv = {
    // Where browsers are: the dashboard hands on what is for the API.
    PUBLIC_URL: `http://127.0.0.1:${ports.dashboard ?? ports.api}`,
    WEBHOOK_PUBLIC_URL: `http://127.0.0.1:${ports.webhook}`,
    ...process.env,
    // Nothing of a local run is meant for the network that the machine is in.
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
