import type { StatePaths } from "../checkout.ts";
import { openDashboard } from "../dashboard/open-dashboard.ts";
import { demoNumber, usesSimulator } from "../infrastructure/demo-number.ts";
import { startDatabase, type RunDatabase } from "../infrastructure/start-database.ts";
import { startQueue, type RunQueue } from "../infrastructure/start-queue.ts";
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
import type { DemoLogin } from "./seed-demo-organization.ts";

/** Settings of a run. */
export interface RunOptions {
  replicas: number;
  production: boolean;
  /** A production build, a development server from the sources, or no dashboard. */
  dashboard: "built" | "dev" | "none";
  simulator: SimulatorBehavior;
  /** What must answer before the run file exists: the services alone, or the dashboard too. */
  announceAfter: "services" | "dashboard";
}

/** A run whose services are ready. The dashboard may still be under way. */
export interface StartedRun {
  run: Run;
  login: DemoLogin;
  /**
   * Resolves when the dashboard answers, or at once if the run has none.
   * @throws CliError if the dashboard can't be installed, built, or started
   */
  dashboardReady: Promise<void>;
}

/**
 * Starts the database, queue, and simulator that the environment doesn't name, migrates, and seeds.
 * Then starts the services, and begins to prepare the dashboard. Prints what is used. Everything
 * started is on the stack, so a failure leaves nothing running. The caller must hold the lock.
 * @throws CliError for problems that the user of the terminal can fix
 */
export async function startEverything(
  paths: StatePaths,
  options: RunOptions,
  stack: ShutdownStack,
  { say }: Output,
): Promise<StartedRun> {
  await endLeftOverServices(paths.runFile);
  const ports = await choosePorts({
    replicas: options.replicas,
    dashboard: options.dashboard !== "none",
  });
  const secrets = loadSecrets(paths.secrets);
  const number = demoNumber();
  const addDatabase = stack.openGroup();
  const addQueue = stack.openGroup();
  const openDatabase = async (): Promise<RunDatabase> => {
    const database = await startDatabase(paths, say);
    if (database.server) addDatabase(database.server);
    const { migrateToLatest } = await import("@loudhailer/migrations/migrate.ts");
    await migrateToLatest({ databaseUrl: database.databaseUrl });
    return database;
  };
  const openQueue = async (): Promise<RunQueue> => {
    const queue = await startQueue(paths, say);
    if (queue.server) addQueue(queue.server);
    return queue;
  };
  const openMeta = (): Promise<string> | null =>
    usesSimulator()
      ? startSimulator({
          paths,
          webhookPort: ports.webhook,
          number,
          behavior: options.simulator,
          stack,
          say,
        })
      : null;
  // None of these needs another. Seeding's code takes long to load, and initdb takes longer.
  const [database, queue, simulatorUrl, { seedDemoOrganization }] = await Promise.all([
    openDatabase(),
    openQueue(),
    openMeta(),
    import("./seed-demo-organization.ts"),
  ]);
  const { databaseUrl } = database;
  say(`PostgreSQL  ${database.description}`);
  say(`Queue       ${queue.description}`);
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
  let isAnnounced = options.announceAfter === "services";
  const writeRun = (): Run => {
    const pids = { ...servicePids, dashboard: dashboard?.pid() ?? null };
    if (isAnnounced) writeRunFile(paths.runFile, { ...run, pids });
    return { ...run, pids };
  };
  const [login, startedPids] = await Promise.all([
    seedDemoOrganization(databaseUrl, number, secrets),
    startServices({
      paths,
      ports,
      env,
      stack,
      say,
      onPidsChanged: (changed) => {
        servicePids = changed;
        writeRun();
      },
    }),
  ]);
  servicePids = startedPids;
  writeRun();
  const prepareDashboard = async (): Promise<void> => {
    if (ports.dashboard !== null && options.dashboard !== "none") {
      dashboard = await openDashboard({
        kind: options.dashboard,
        paths,
        stack,
        port: ports.dashboard,
        apiUrl: run.apiUrl,
        publicUrl: env["PUBLIC_URL"] ?? run.apiUrl,
        login,
        say,
        onRestart: writeRun,
      });
    }
    isAnnounced = true;
    writeRun();
  };
  const dashboardReady = prepareDashboard();
  // The caller learns of a failure when it awaits the dashboard, after other work.
  dashboardReady.catch(() => undefined);
  return { run: writeRun(), login, dashboardReady };
}
