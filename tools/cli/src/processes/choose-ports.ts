import { findFreePort, isPortFree } from "@loudhailer/local/free-port.ts";
import { CliError } from "../cli-error.ts";

/** The ports of one run. Dispatcher i serves its metrics on `metrics[i]`. */
export interface Ports {
  api: number;
  webhook: number;
  metrics: number[];
  /** Port of the dashboard. Null if the run has no dashboard. */
  dashboard: number | null;
}

/**
 * Returns the ports in API_PORT, WEBHOOK_PORT, DASHBOARD_PORT, and METRICS_PORT, or their defaults.
 * METRICS_PORT counts up, one port per dispatcher. The value 0 selects any free port.
 * @throws CliError with the variable's name if a port is in use, used twice, or invalid
 */
export async function choosePorts(
  { replicas, dashboard: withDashboard }: { replicas: number; dashboard: boolean },
  env: NodeJS.ProcessEnv = process.env,
): Promise<Ports> {
  const apiWanted = readPort(env, "API_PORT", 4000);
  const webhookWanted = readPort(env, "WEBHOOK_PORT", 4001);
  const firstMetrics = readPort(env, "METRICS_PORT", 4002);
  const metricsWanted = Array.from(
    { length: replicas },
    (_, index) => firstMetrics && firstMetrics + index,
  );
  const dashboardWanted = withDashboard ? readPort(env, "DASHBOARD_PORT", 3000) : null;
  refuseSharedPorts([
    ["API_PORT", apiWanted],
    ["WEBHOOK_PORT", webhookWanted],
    ...(dashboardWanted === null
      ? []
      : [["DASHBOARD_PORT", dashboardWanted] satisfies [string, number]]),
    ...metricsWanted.map((port): [string, number] => ["METRICS_PORT", port]),
  ]);

  const api = await choosePort("API_PORT", apiWanted);
  const webhook = await choosePort("WEBHOOK_PORT", webhookWanted);
  const dashboard =
    dashboardWanted === null ? null : await choosePort("DASHBOARD_PORT", dashboardWanted);
  const metrics: number[] = [];
  for (const port of metricsWanted) metrics.push(await choosePort("METRICS_PORT", port));
  return { api, webhook, metrics, dashboard };
}

function refuseSharedPorts(wanted: [variable: string, port: number][]): void {
  const variableOf = new Map<number, string>();
  for (const [variable, port] of wanted) {
    const other = variableOf.get(port);
    if (port !== 0 && other !== undefined) {
      throw new CliError(
        `Port ${port} is wanted twice, by ${other} and by ${variable}` +
          `${variable === "METRICS_PORT" ? " (which counts up, one a dispatcher)" : ""}: ` +
          "set one of them to another port (0 is any free one).",
      );
    }
    variableOf.set(port, variable);
  }
}

function readPort(env: NodeJS.ProcessEnv, variable: string, fallback: number): number {
  const text = env[variable]?.trim();
  if (!text) return fallback;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new CliError(`${variable} must be a port number from 0 to 65535.`);
}

async function choosePort(variable: string, port: number): Promise<number> {
  if (port === 0) return findFreePort();
  if (await isPortFree(port)) return port;
  throw new CliError(
    `Port ${port} is in use: stop what uses it, or set ${variable} to another port (0 is any free one).`,
  );
}
