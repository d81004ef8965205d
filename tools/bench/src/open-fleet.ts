import { findFreePort } from "@loudhailer/local/free-port.ts";
import type { Infrastructure } from "./start-infrastructure.ts";
import type { StartedProcess } from "./start-process.ts";

export interface FleetMember {
  url: string;
  process: StartedProcess;
}

/** Dispatchers under a supervisor: whoever dies is started again, and it is known who wasn't killed. */
export interface Fleet {
  members(): FleetMember[];
  /** SIGKILL to one at random; another one starts at once, without being waited for. */
  killOne(): void;
  /** Resolves when there are as many as there should be. */
  complete(): Promise<void>;
  /** How many ended without having been killed by us. */
  lost(): number;
}

export async function openFleet(infrastructure: Infrastructure, count: number): Promise<Fleet> {
  const members: FleetMember[] = [];
  const starting = new Set<Promise<void>>();
  let lost = 0;

  async function start(): Promise<void> {
    const port = await findFreePort();
    const process = await infrastructure.startDispatcher({ METRICS_PORT: String(port) });
    members.push({ url: `http://127.0.0.1:${port}`, process });
  }

  function replace(): void {
    const started = start()
      // Its store may be away at this moment, as it may be for a supervisor's restart.
      .catch(() => replace())
      .finally(() => starting.delete(started));
    starting.add(started);
  }

  await Promise.all(Array.from({ length: count }, start));
  return {
    members() {
      // Whoever is gone without our doing is counted once, and replaced.
      for (const member of members.filter(({ process }) => !process.isRunning())) {
        members.splice(members.indexOf(member), 1);
        lost++;
        replace();
      }
      return [...members];
    },
    killOne() {
      const [member] = members.splice(Math.floor(Math.random() * members.length), 1);
      if (!member) return;
      member.process.signal("SIGKILL");
      replace();
    },
    async complete() {
      while (starting.size > 0) await Promise.all(starting);
    },
    lost: () => lost,
  };
}
