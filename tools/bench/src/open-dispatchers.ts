import type { Infrastructure } from "./start-infrastructure.ts";
import type { StartedProcess } from "./start-process.ts";

/** Dispatchers of a run, which can leave and join. */
export interface Dispatchers {
  /** Starts or stops dispatchers until `count` are running. */
  scaleTo(count: number): Promise<void>;
  /** Stops the oldest dispatcher with SIGTERM, as a deployment does. */
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
    async scaleTo(count) {
      while (running.length < count) await join();
      while (running.length > count) await leave();
    },
    leave,
    join,
    pids: () => running.map(({ pid }) => pid),
  };
}
