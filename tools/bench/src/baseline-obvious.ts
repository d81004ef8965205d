import { compileTemplate } from "@loudhailer/whatsapp/compile-template.ts";
import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import type pg from "pg";
import { z } from "zod";
import { accessToken, template, variables } from "./bench-broadcast.ts";

const accepted = z.object({ messages: z.tuple([z.object({ id: z.string() })]) });

/**
 * Measures the obvious implementation: one BullMQ job per recipient. The job reads the recipient's
 * row, calls `fetch`, and updates the row and the broadcast's counter, with one statement each.
 * Returns messages per second.
 */
export async function obviousBaseline(
  infrastructure: { redisUrl: string; simulatorUrl: string },
  pool: pg.Pool,
  broadcast: { broadcastId: string; phoneNumberId: string; messages: number },
): Promise<number> {
  const { broadcastId, phoneNumberId, messages } = broadcast;
  const connection = new Redis(infrastructure.redisUrl, { maxRetriesPerRequest: null });
  const queue = new Queue("obvious", { connection });
  const { rows } = await pool.query<{ id: string }>(
    "select id from whatsapp_broadcast_recipients where broadcast_id = $1 limit $2",
    [broadcastId, messages],
  );
  await queue.addBulk(rows.map(({ id }) => ({ name: "send", data: { id } })));
  const compiled = compileTemplate(template, variables);

  async function send(id: string): Promise<void> {
    const found = await pool.query<{ phone: string; variables: string[] }>(
      "select phone, variables from whatsapp_broadcast_recipients where id = $1",
      [id],
    );
    const [row] = found.rows;
    if (!row) throw new Error("no such recipient");
    const url = `${infrastructure.simulatorUrl}/v25.0/${phoneNumberId}/messages`;
    const response = await fetch(url, {
      method: "POST",
      headers: { authorization: `Bearer ${accessToken}`, "content-type": "application/json" },
      body: compiled.render({ to: row.phone, values: row.variables, callbackData: id }),
    });
    const answer = accepted.parse(await response.json());
    await pool.query(
      "update whatsapp_broadcast_recipients set status = 'sent', wamid = $2, sent_at = now() where id = $1",
      [id, answer.messages[0].id],
    );
    await pool.query(
      "update whatsapp_broadcasts set successful_sends = successful_sends + 1 where id = $1",
      [broadcastId],
    );
  }

  const startedAt = performance.now();
  await new Promise<void>((resolve, reject) => {
    let done = 0;
    const worker = new Worker<{ id: string }>("obvious", (job) => send(job.data.id), {
      connection,
      concurrency: 50,
    });
    worker.on("failed", (_job, error) => reject(error));
    worker.on("completed", () => {
      if (++done === rows.length) worker.close().then(resolve, reject);
    });
  });
  const perSecond = rows.length / ((performance.now() - startedAt) / 1_000);
  await queue.close();
  connection.disconnect();
  return perSecond;
}
