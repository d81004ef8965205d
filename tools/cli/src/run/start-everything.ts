import { migrateToLatest } from "@loudhailer/migrations/migrate.ts";
import type { StatePaths } from "../checkout.ts";
import { buildDashboard } from "../dashboard/build-dashboard.ts";
import { startDashboard } from "../dashboard/start-dashboard.ts";
import { demoNumber, usesSimulator } from "../infrastructure/demo-number.ts";
import { startDatabase } from "../infrastructure/start-database.ts";
import { startQueue } from "../infrastructure/start-queue.ts";
import { startSimulator, type SimulatorBehavior } from "../infrastructure/start-simulator.ts";
import type { Output } from "../output.ts";
import { choosePorts } from "../processes/choose-ports.ts";
import type { ShutdownStack } from "../processes/shutdown-stack.ts";
import type { SupervisedProcess } from "../processes/supervise-process.ts";
import { serviceEnvironment } from "../services/service-environment.ts";
import { startServices, type ServicePids } from "../services/start-services.ts";
import { writeRunFile, type Run } from "../state/run-file.ts";
import { loadSecrets } from "../state/secrets.ts";
import { endLeftOverServices } from "./end-left-over-services.ts";
import { seedDemoOrganization, type DemoLogin } from "./seed-demo-organization.ts";

/** Settings of a run. */
export interface RunOptions {
  replicas: number;
  production: boolean;
  /** A production build, a development server from the sources, or no dashboard. */
  dashboard: "built" | "dev" | "none";
  simulator: SimulatorBehavior;
}

/**
 * Starts the database, queue, and simulator that the environment doesn't name, migrates, and seeds.
 * Then starts the services, prints what is used, and writes the run file. Everything started is on
 * the stack, so a failure leaves nothing running. The caller must hold the lock.
 * @throws CliError for problems that the user of the terminal can fix
 */
export async function startEverything(
  paths: StatePaths,
  options: RunOptions,
  stack: ShutdownStack,
  { say }: Output,
): Promise<{ run: Run; login: DemoLogin }> {
  await endLeftOverServices(paths.runFile);
  const ports = await choosePorts({
    replicas: options.replicas,
    dashboard: options.dashboard !== "none",
  });
  const secrets = loadSecrets(paths.secrets);
  const number = demoNumber();
  const mode =
    options.dashboard === "built"
      ? ({ kind: "built", ...(await buildDashboard(paths.logs, stack, say)) } as const)
      : ({ kind: "dev" } as const);

  const database = await startDatabase(paths, say);
  if (database.server) stack.add(database.server);
  say(`PostgreSQL  ${database.description}`);
  const queue = await startQueue(paths, say);
  if (queue.server) stack.add(queue.server);
  say(`Queue       ${queue.description}`);

  const { databaseUrl } = database;
  await migrateToLatest({ databaseUrl });
  const login = await seedDemoOrganization(databaseUrl, number, secrets);

  const simulatorUrl = usesSimulator()
    ? await startSimulator({
        paths,
        webhookPort: ports.webhook,
        number,
        behavior: options.simulator,
        stack,
        say,
      })
    : null;
  say(`Meta        ${simulatorUrl ? `simulator, ${simulatorUrl}` : process.env["META_GRAPH_URL"]}`);

  const run = {
    apiUrl: `http://127.0.0.1:${ports.api}`,
    webhookUrl: `http://127.0.0.1:${ports.webhook}`,
    dashboardUrl: ports.dashboard === null ? null : `http://127.0.0.1:${ports.dashboard}`,
    simulatorUrl,
    databaseUrl,
    redisUrl: queue.redisUrl,
  };
  const env = serviceEnvironment({
    databaseUrl,
    redisUrl: queue.redisUrl,
    simulatorUrl,
    secrets,
    ports,
    production: options.production,
  });
  let servicePids: ServicePids;
  let dashboard: SupervisedProcess | null = null;
  const writeRun = (): Run => {
    const pids = { ...servicePids, dashboard: dashboard?.pid() ?? null };
    writeRunFile(paths.runFile, { ...run, pids });
    return { ...run, pids };
  };
  servicePids = await startServices({
    paths,
    ports,
    env,
    stack,
    say,
    onPidsChanged: (changed) => {
      servicePids = changed;
      writeRun();
    },
  });
  if (ports.dashboard !== null) {
    dashboard = await startDashboard({
      paths,
      port: ports.dashboard,
      mode,
      apiUrl: run.apiUrl,
      publicUrl: env["PUBLIC_URL"] ?? run.apiUrl,
      login,
      add: stack.openGroup(),
      say,
      onRestart: writeRun,
    });
  }
  return { run: writeRun(), login };
}
