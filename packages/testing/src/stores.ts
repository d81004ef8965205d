import type { TestServer } from "./resolve-postgres.ts";

/** The servers of one test run, by name. */
export interface Stores {
  /**
   * Starts the server, or waits until it is started, and resolves to its URL.
   * @throws Error if no server has this name, or the server doesn't start
   */
  start(name: string): Promise<string>;
  /** Stops the servers that were started, also one that is still starting. */
  stop(): Promise<void>;
}

/** Returns servers of which none is started yet. Each is started once, by its `starters` entry. */
export function createStores(starters: Record<string, () => Promise<TestServer>>): Stores {
  const started = new Map<string, Promise<TestServer>>();
  return {
    start: async (name) => {
      const starter = starters[name];
      if (!starter) throw new Error(`Tests have no store named "${name}".`);
      const server = started.get(name) ?? starter();
      started.set(name, server);
      return (await server).url;
    },
    stop: async () => {
      const outcomes = await Promise.allSettled(started.values());
      const servers = outcomes.flatMap((outcome) =>
        outcome.status === "fulfilled" ? [outcome.value] : [],
      );
      await Promise.all(servers.map((server) => server.stop()));
    },
  };
}
