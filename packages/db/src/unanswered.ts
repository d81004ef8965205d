import type { Pool } from "pg";

const unanswered = new WeakSet<Error>();

/**
 * Returns whether a query of a watched pool failed with this error because the database gave no
 * answer: no connection could be opened in time, or the connection broke.
 */
export function isUnanswered(error: Error): boolean {
  return unanswered.has(error);
}

/**
 * Remembers each error with which `pool` reports that the database gave no answer. pg throws most
 * of them as a plain `Error` without a code, which nothing but its origin tells from our own.
 */
export function watchUnanswered(pool: Pool): void {
  pool.query = watched(pool.query);
  pool.connect = watched(pool.connect);
  pool.on("connect", (client) => {
    client.query = watched(client.query);
  });
}

function watched<Method extends (...args: never) => unknown>(method: Method): Method {
  return new Proxy(method, {
    apply(target, owner, args) {
      const result: unknown = Reflect.apply(target, owner, args);
      return result instanceof Promise ? result.catch(rememberAndRethrow) : result;
    },
  });
}

// The server's answers are DatabaseErrors, and parameters that can't be written throw a TypeError
// or RangeError. Node reports a host with several addresses as an AggregateError.
function rememberAndRethrow(error: unknown): never {
  if (error instanceof AggregateError || (error instanceof Error && error.constructor === Error)) {
    unanswered.add(error);
  }
  throw error;
}
