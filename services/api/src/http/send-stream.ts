import { Readable } from "node:stream";
import type { FastifyReply } from "fastify";

/**
 * Streams the source as fast as the client reads it. Closes the source when the client disconnects.
 */
export function sendStream(reply: FastifyReply, source: AsyncIterable<string | Buffer>): never {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the type provider types the bytes, not a stream of them
  return reply.send(Readable.from(source)) as never;
}
