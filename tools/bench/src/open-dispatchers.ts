import type { Infrastructure } from "./start-infrastructure.ts";
import type { StartedProcess } from "./start-process.ts";

/** The dispatchers of a run, which leave and join. */
export interface Dispatchers {
  /** Starts or stops as many as are too few or too many. */
  be(count: number): Promise<void>;
  /** The oldest goes by SIGTERM, as in a deployment. */
  leave(): Promise<void>;
  join(): Promise<void>;
  pids(): number[];
}

export function openDispatchers({
  startDispatcher,
}: Pick<Infrastructure, "startDispatcher">): Dispatchers {
  const running: StartedProcess[] = [];
  const join = async () => {
    running.push(await startDispatcher());
  };
  const leave = async () => {
    await running.shift()?.stop();
  };
  return {
    async be(count) {
      while (running.length < count) await join();
      while (running.length > count) await leave();
    },
    leave,
    join,
    pids: () => running.map(({ pid }) => pid),
  };
}
