import type { FastifyReply } from "fastify";
import { sendStream } from "./send-stream.ts";

/** Streams CSV text as a download. */
export function sendCsv(reply: FastifyReply, fileName: string, text: AsyncIterable<string>): never {
  void reply
    .type("text/csv; charset=utf-8")
    .header("content-disposition", `attachment; filename="${fileName}"`);
  return sendStream(reply, text);
}
