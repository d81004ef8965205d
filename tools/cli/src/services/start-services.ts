import { join } from "node:path";
import { checkoutDir, type StatePaths } from "../checkout.ts";
import type { Ports } from "../processes/choose-ports.ts";
import type { ShutdownStack } from "../processes/shutdown-stack.ts";
import { superviseProcess, type SupervisedProcess } from "../processes/supervise-process.ts";

/** Current process ids of the services. */
export interface ServicePids {
  api: number;
  webhook: number;
  dispatcher: number[];
}

/**
 * Starts api, webhook, and one dispatcher per metrics port from their sources, and resolves when
 * all are ready. The stack stops them in the order dispatchers, webhook, api. Calls `onPidsChanged`
 * on every restart.
 * @throws CliError if a service exits before it is ready, or isn't ready within 60 s
 */
export async function startServices({
  paths,
  ports,
  env,
  stack,
  say,
  onPidsChanged,
}: {
  paths: StatePaths;
  ports: Ports;
  env: NodeJS.ProcessEnv;
  stack: ShutdownStack;
  say(line: string): void;
  onPidsChanged(pids: ServicePids): void;
}): Promise<ServicePids> {
  let services: SupervisedProcess[] = [];
  const pids = (): ServicePids => {
    const [api = 0, webhook = 0, ...dispatcher] = services.map((service) => service.pid());
    return { api, webhook, dispatcher };
  };
  const start = (
    service: "api" | "webhook" | "dispatcher",
    port: number,
    add: (started: SupervisedProcess) => void,
    name: string = service,
  ): Promise<SupervisedProcess> =>
    superviseProcess(
      {
        name,
        command: process.execPath,
        args: [join(checkoutDir, "services", service, "src", "main.ts")],
        env: service === "dispatcher" ? { ...env, METRICS_PORT: String(port) } : env,
        logFile: join(paths.logs, `${name}.log`),
        readyUrl: `http://127.0.0.1:${port}/readyz`,
        onRestart: () => onPidsChanged(pids()),
        say,
      },
      add,
    );

  const api = start("api", ports.api, stack.openGroup());
  const webhook = start("webhook", ports.webhook, stack.openGroup());
  const addDispatcher = stack.openGroup();
  const dispatchers = ports.metrics.map((port, index) =>
    start(
      "dispatcher",
      port,
      addDispatcher,
      index === 0 ? "dispatcher" : `dispatcher-${index + 1}`,
    ),
  );
  services = await Promise.all([api, webhook, ...dispatchers]);
  return pids();
}
