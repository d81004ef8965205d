import { classifyDatabaseFailure } from "@loudhailer/db/database-failure.ts";

export interface Faults {
  /**
   * Runs `work` for the item with `id`. If it fails unexpectedly, `fail` stores the failure with the
   * item, and its result is returned instead. Returns undefined if the item is as it was, because
   * `fail` is missing or failed too, or the database can't do the work now: it is to be tried again.
   * @throws Error at once if the database is unreachable: the other items would wait in vain
   */
  run<T>(
    id: string,
    work: () => Promise<T>,
    fail?: (error: unknown) => Promise<T>,
  ): Promise<T | undefined>;
  /** @throws Error of the first item that is as it was; call it after the last item */
  throwFirst(): void;
}

/**
 * Keeps the items of a loop apart: an error in one organization's item, whatever its kind, must not
 * take their turn from the others. `what` names an item in errors, such as "contact job".
 */
export function isolateFaults(what: string): Faults {
  const faults: Error[] = [];
  return {
    async run(id, work, fail) {
      try {
        return await work().catch((error: unknown) => {
          if (!fail || classifyDatabaseFailure(error).kind === "away") throw error;
          return fail(error);
        });
      } catch (error) {
        const failure = classifyDatabaseFailure(error);
        if (failure.kind === "away" && failure.reason === "unreachable") throw error;
        faults.push(new Error(`${what} ${id} could not be handled`, { cause: error }));
        return undefined;
      }
    },
    throwFirst() {
      for (const fault of faults) throw fault;
    },
  };
}
