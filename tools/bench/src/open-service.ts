import { join } from "node:path";
import { startProcess, type StartedProcess } from "./start-process.ts";

/** Service that can be killed and started again at the same address. */
export interface ServiceProcess {
  name: string;
  url: string;
  process(): StartedProcess;
  kill(): Promise<void>;
  start(): Promise<void>;
}

/** Starts `services/<name>`; `env` must make it listen on `port`. */
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
