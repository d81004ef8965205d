import { createReadStream, createWriteStream } from "node:fs";
import { rm, stat } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";
import { callApi } from "../call-api.ts";
import { contactsCsv } from "./contact-rows.ts";

const imported = z.object({
  status: z.string(),
  processedRows: z.number(),
  createdContacts: z.number(),
});

/**
 * Imports contacts over HTTP, as a browser does. Returns the seconds from the start of the upload
 * to the last contact.
 * @throws Error if the import doesn't complete or doesn't create `count` contacts
 */
export async function importCsv(
  api: { url: string; apiKey: string },
  first: number,
  count: number,
): Promise<number> {
  const file = join(tmpdir(), `loudhailer-bench-${process.pid}.csv`);
  await pipeline(Readable.from(contactsCsv(first, count)), createWriteStream(file));
  try {
    const startedAt = performance.now();
    const id = await upload(api, file);
    for (;;) {
      const { body } = await callApi(api, "GET", `/v1/contact-imports/${id}`, imported);
      if (body.status === "completed") {
        if (body.createdContacts !== count) throw new Error(JSON.stringify(body));
        return (performance.now() - startedAt) / 1_000;
      }
      if (body.status !== "processing") throw new Error(JSON.stringify(body));
      await wait(100);
    }
  } finally {
    await rm(file);
  }
}

async function upload({ url, apiKey }: { url: string; apiKey: string }, file: string) {
  const boundary = "loudhailer-bench";
  const head = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\n`;
  const tail = `\r\n--${boundary}--\r\n`;
  const { size } = await stat(file);
  const answer = await new Promise<string>((resolve, reject) => {
    const outgoing = request(
      `${url}/v1/contact-imports`,
      {
        method: "POST",
        headers: {
          authorization: `Bearer ${apiKey}`,
          "content-type": `multipart/form-data; boundary=${boundary}`,
          "content-length": head.length + size + tail.length,
        },
      },
      (incoming) => {
        let text = "";
        incoming.on("data", (chunk: Buffer) => (text += chunk.toString()));
        incoming.on("end", () => resolve(text));
      },
    );
    outgoing.on("error", reject);
    outgoing.write(head);
    const bytes = createReadStream(file);
    bytes.on("error", reject);
    bytes.on("end", () => outgoing.end(tail));
    bytes.pipe(outgoing, { end: false });
  });
  return z.object({ id: z.string() }).parse(JSON.parse(answer)).id;
}
