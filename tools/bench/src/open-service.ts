import { join } from "node:path";
import { startProcess, type StartedProcess } from "./start-process.ts";

/** One service that may be killed and started again where it was. */
export interface ServiceProcess {
  name: string;
  url: string;
  process(): StartedProcess;
  kill(): Promise<void>;
  start(): Promise<void>;
}

/** Starts `services/<name>`, which listens on `port` by what `env` says. */
export async function openService(
  name: "api" | "webhook",
  { port, env, logDir }: { port: number; env: Record<string, string>; logDir: string },
): Promise<ServiceProcess> {
  const start = () =>
    startProcess(`services/${name}/src/main.ts`, [], env, join(logDir, `${name}.log`));
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
