import { connect } from "node:net";
import { CliError } from "../cli-error.ts";

const answerMsMax = 5_000;

/**
 * Opens one connection to the server of REDIS_URL. Sends no command, since BullMQ handles the
 * protocol.
 * @throws CliError with the fix, without the password, if the URL is malformed or the server
 *   accepts no connection within 5 s
 */
export async function checkRedis(redisUrl: string): Promise<void> {
  const url = URL.parse(redisUrl);
  if (!url || !/^rediss?:$/.test(url.protocol)) {
    throw new CliError("REDIS_URL must look like redis://host:6379.");
  }
  const host = url.hostname || "localhost";
  const port = Number(url.port || 6379);
  if (await accepts(host, port)) return;
  throw new CliError(
    `REDIS_URL does not answer: nothing accepts connections at ${host}:${port}. ` +
      "Correct it, or unset it to use a Redis of this machine or the queue on PostgreSQL.",
  );
}

function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.setTimeout(answerMsMax);
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
    socket.once("timeout", () => resolve(false));
    for (const event of ["connect", "error", "timeout"]) {
      socket.once(event, () => socket.destroy());
    }
  });
}
