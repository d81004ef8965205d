import { signBody } from "@loudhailer/whatsapp/webhook-signature.ts";
import { residentMbMax } from "../read-process.ts";
import { appSecret } from "../start-infrastructure.ts";
import { checkStatuses } from "./check-statuses.ts";
import { prepareLoad } from "./prepare-load.ts";
import type { PreparedPosts } from "./prepare-posts.ts";
import type { Ingress } from "./start-ingress.ts";
import { startLoad } from "./start-load.ts";

const mebibyte = 1024 * 1024;
const attackers = 12;
const residentMbLimit = 200;

/**
 * Sends hostile requests from a dozen clients at once while Meta's own statuses arrive. They must
 * not end the service, lose a status, or take more memory than the service may use.
 */
export async function runHostile(ingress: Ingress, { recipients }: { recipients: number }) {
  const { audiences, times, posts } = await prepareLoad(ingress.db, {
    recipients,
    statusesPerPost: 1,
  });
  const load = startLoad({ port: ingress.port, connections: 20, posts, warmUpPosts: 0 });
  let isOver = false;
  const bodies = hostileBodies(posts);
  const attack = Promise.all(
    Array.from({ length: attackers }, (_, n) => attackUntil(ingress, bodies, n, () => isOver)),
  );
  await load.finished;
  isOver = true;
  const answers = countAnswers((await attack).flat());
  const serviceMbMax = residentMbMax(ingress.webhook.process().pid);
  // The signed hostile statuses belong to no number and were stored as events.
  await ingress.db.deleteFrom("webhook_events").execute();
  const violations = await checkStatuses(ingress.db, audiences, times);
  if (!ingress.webhook.process().isRunning()) violations.push("the service ended");
  const isWithin =
    violations.length === 0 && serviceMbMax <= residentMbLimit && !answers.has("500");
  return { answers: Object.fromEntries(answers), serviceMbMax, violations, isWithin };
}

interface HostileRequest {
  body: string | Buffer;
  signature?: string;
}

function hostileBodies(posts: PreparedPosts): HostileRequest[] {
  const large = entriesOf(20_000);
  const brackets = `${"[".repeat(500_000)}${"]".repeat(500_000)}`;
  const [firstEnd = 0] = posts.ends;
  const replayed = Buffer.from(posts.bytes.buffer, posts.bytes.byteOffset, firstEnd);
  return [
    { body: large },
    signed(large, "another organization's"),
    signed(entriesOf(10_000), appSecret),
    signed(`{"entry":[{"id":"1","changes":[{"value":{"deep":${brackets}}}]}]}`, appSecret),
    { body: Buffer.alloc(4 * mebibyte, " ") },
    { body: Buffer.alloc(3 * mebibyte, "[") },
    signed(`{"entry":[],"pad":"${"x".repeat(2.9 * mebibyte)}"}`, appSecret),
    { body: "<html>" },
    { body: replayed.subarray(replayed.indexOf("\r\n\r\n") + 4), signature: "sha256=00" },
  ];
}

function signed(body: string, secret: string): HostileRequest {
  return { body, signature: signBody({ rawBody: body, appSecret: secret }) };
}

/** Returns a body of `count` entries, each with a different number that doesn't exist. */
function entriesOf(count: number): string {
  const entry = Array.from({ length: count }, (_, n) => {
    const value = {
      metadata: { phone_number_id: `8${n}` },
      statuses: [{ id: "w", status: "sent" }],
    };
    return { id: `9${n}`, changes: [{ field: "messages", value }] };
  });
  return JSON.stringify({ object: "whatsapp_business_account", entry });
}

/**
 * Sends bodies until `isOver`. Returns the status of each response, or 0 if the connection was cut,
 * which may happen while a body is refused.
 */
async function attackUntil(
  { port }: Ingress,
  bodies: readonly HostileRequest[],
  offset: number,
  isOver: () => boolean,
): Promise<number[]> {
  const statuses: number[] = [];
  for (let turn = offset; !isOver(); turn++) {
    const { body, signature } = bodies[turn % bodies.length] ?? { body: "" };
    try {
      const answer = await fetch(`http://127.0.0.1:${port}/webhooks/whatsapp`, {
        method: "POST",
        body,
        headers: signature === undefined ? {} : { "x-hub-signature-256": signature },
      });
      statuses.push(answer.status);
      await answer.arrayBuffer();
    } catch {
      statuses.push(0);
    }
  }
  return statuses;
}

function countAnswers(statuses: readonly number[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const status of statuses) {
    counts.set(String(status), (counts.get(String(status)) ?? 0) + 1);
  }
  return counts;
}
