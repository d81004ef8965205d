import { findFreePort } from "@loudhailer/local/free-port.ts";
import type { Infrastructure } from "./start-infrastructure.ts";
import type { StartedProcess } from "./start-process.ts";

interface FleetMember {
  url: string;
  process: StartedProcess;
}

/**
 * Dispatchers under a supervisor, which replaces those that end and counts those it didn't kill.
 */
export interface Fleet {
  members(): FleetMember[];
  /** Kills a random dispatcher with SIGKILL and starts another without waiting for it. */
  killOne(): void;
  /** Resolves when all replacements have started. */
  complete(): Promise<void>;
  /** Returns how many dispatchers ended without being killed by `killOne`. */
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
      // A store may be down at this moment, as it may be when a real supervisor restarts a process.
      .catch(() => replace())
      .finally(() => starting.delete(started));
    starting.add(started);
  }

  await Promise.all(Array.from({ length: count }, start));
  return {
    members() {
      // A dispatcher that wasn't killed but has ended is counted once and replaced.
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
