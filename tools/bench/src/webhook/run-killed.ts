import { setTimeout as wait } from "node:timers/promises";
import { round } from "../round.ts";
import { checkStatuses } from "./check-statuses.ts";
import { prepareLoad } from "./prepare-load.ts";
import type { Ingress } from "./start-ingress.ts";
import { startLoad } from "./start-load.ts";

/** Process that ends under load and is started again, and how it ends. */
export type Death = "kill-webhook" | "stop-postgres" | "crash-postgres";

/**
 * Kills the processes in `deaths` one after the other, evenly spread over the load at any speed of
 * the machine. A POST is sent again until it gets a 200, and never after that. So a status that was
 * acknowledged and lost is missing at the end, and one that was counted twice makes the counters
 * exceed the rows.
 */
export async function runKilled(
  ingress: Ingress,
  { recipients, deaths }: { recipients: number; deaths: readonly Death[] },
) {
  const { audiences, times, posts } = await prepareLoad(ingress.db, {
    recipients,
    statusesPerPost: 1,
  });
  const load = startLoad({ port: ingress.port, connections: 100, posts, warmUpPosts: 0 });
  for (const [index, death] of deaths.entries()) {
    const share = (index + 1) / (deaths.length + 1);
    await Promise.race([load.reached(Math.floor(posts.ends.length * share)), endOf(ingress)]);
    await die(ingress, death);
  }
  const { answers, seconds } = await Promise.race([load.finished, endOf(ingress)]);
  return {
    statuses: posts.ends.length,
    deaths: deaths.length,
    seconds: round(seconds),
    answers,
    violations: await checkStatuses(ingress.db, audiences, times),
  };
}

/** Rejects when the service's current process ends. */
async function endOf({ webhook }: Ingress): Promise<never> {
  await webhook.process().exited;
  throw new Error("the webhook service ended though nobody had killed it");
}

const postgresDownMs = 1_000;

async function die({ webhook, stores: { postgres } }: Ingress, death: Death): Promise<void> {
  if (death === "kill-webhook") {
    await webhook.kill();
    await webhook.start();
    return;
  }
  await (death === "stop-postgres" ? postgres.stop() : postgres.crash());
  await wait(postgresDownMs);
  await postgres.start();
}
