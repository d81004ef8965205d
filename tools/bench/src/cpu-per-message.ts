import { cpuSeconds } from "./read-process.ts";
import type { Infrastructure } from "./start-infrastructure.ts";
import type { StartedProcess } from "./start-process.ts";

const parts = ["dispatcher", "engine", "redis", "postgres", "simulator"] as const;
type Part = (typeof parts)[number];

/** CPU time per message in microseconds: of each part, and of all of them. */
type CpuPerMessage = Record<Part | "all", number>;

/**
 * Starts counting the CPU time of every part of sending. The returned function ends the count and
 * returns the time per message. The engine's time is this process's own, so it includes the
 * benchmark's looks at the broadcast. PostgreSQL's includes sessions that began or ended meanwhile.
 */
export function countCpu(
  { stores, simulatorPid }: Pick<Infrastructure, "stores" | "simulatorPid">,
  dispatcher: StartedProcess,
): (messages: number) => CpuPerMessage {
  const read = (): Record<Part, number> => ({
    dispatcher: cpuSeconds(dispatcher.pid),
    engine: ownCpuSeconds(),
    redis: cpuSeconds(stores.redis.pid()),
    postgres: cpuSeconds(stores.postgres.pid()),
    simulator: cpuSeconds(simulatorPid),
  });
  const before = read();
  return (messages) => {
    const after = read();
    const perMessage = (seconds: number) => Math.round((seconds * 1e6) / messages);
    const spent = (part: Part) => after[part] - before[part];
    const all = parts.reduce((sum, part) => sum + spent(part), 0);
    return {
      dispatcher: perMessage(spent("dispatcher")),
      engine: perMessage(spent("engine")),
      redis: perMessage(spent("redis")),
      postgres: perMessage(spent("postgres")),
      simulator: perMessage(spent("simulator")),
      all: perMessage(all),
    };
  };
}

/** Returns the CPU seconds of this process without its children, which are the other parts. */
function ownCpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
