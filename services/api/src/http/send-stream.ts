import { Readable } from "node:stream";
import type { FastifyReply } from "fastify";

/**
 * Sends what the source gives, as fast as the client takes it; the source is closed when the client
 * goes away.
 */
export function sendStream(reply: FastifyReply, source: AsyncIterable<string | Buffer>): never {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the type provider knows the bytes, not a stream of them
  return reply.send(Readable.from(source)) as never;
}
