import type { Infrastructure } from "./start-infrastructure.ts";
import type { StartedProcess } from "./start-process.ts";

/** Dispatchers of a run, which can leave, join, and be killed. */
export interface Dispatchers {
  /** Starts or stops dispatchers until `count` are running. */
  scaleTo(count: number): Promise<void>;
  /** Stops a dispatcher with SIGTERM, as a deployment does. */
  leave(process: StartedProcess): Promise<void>;
  /** Kills a dispatcher with SIGKILL. */
  kill(process: StartedProcess): Promise<void>;
  join(): Promise<void>;
  /** Returns the dispatcher that owns the number. */
  ownerOf(phoneNumberId: string): Promise<StartedProcess>;
  pids(): number[];
}

interface Member {
  process: StartedProcess;
  /** Id under which it registered. */
  id: string | undefined;
}

export function openDispatchers({
  db,
  startDispatcher,
}: Pick<Infrastructure, "db" | "startDispatcher">): Dispatchers {
  const running: Member[] = [];

  const registered = async () => {
    const rows = await db.selectFrom("dispatchers").select("id").execute();
    return rows.map(({ id }) => id);
  };
  const join = async () => {
    const before = new Set(await registered());
    const process = await startDispatcher();
    running.push({ process, id: (await registered()).find((id) => !before.has(id)) });
  };
  const forget = (process: StartedProcess) => {
    const index = running.findIndex((member) => member.process === process);
    if (index !== -1) running.splice(index, 1);
  };
  const leave = async (process: StartedProcess) => {
    forget(process);
    await process.stop();
  };
  return {
    async scaleTo(count) {
      while (running.length < count) await join();
      for (const { process } of running.slice(0, running.length - count)) await leave(process);
    },
    leave,
    async kill(process) {
      forget(process);
      process.signal("SIGKILL");
      await process.exited;
    },
    join,
    async ownerOf(phoneNumberId) {
      const lease = await db
        .selectFrom("number_leases")
        .where("phone_number_id", "=", phoneNumberId)
        .select("dispatcher_id")
        .executeTakeFirst();
      const owner = running.find(({ id }) => id === lease?.dispatcher_id);
      if (!owner) throw new Error(`no running dispatcher owns number ${phoneNumberId}`);
      return owner.process;
    },
    pids: () => running.map(({ process }) => process.pid),
  };
}
