import { setTimeout as wait } from "node:timers/promises";
import { round } from "../round.ts";
import { checkStatuses } from "./check-statuses.ts";
import { prepareLoad } from "./prepare-load.ts";
import type { Ingress } from "./start-ingress.ts";
import { startLoad } from "./start-load.ts";

/** Something that dies under load, and comes back. */
export type Death = "kill-webhook" | "stop-postgres" | "crash-postgres";

/**
 * Kills what `deaths` names, one after the other, evenly spread over the load, whatever the machine's
 * speed. What got no 200 is sent again until it does, what got one never: so whatever was
 * acknowledged and lost is missing at the end, and whatever was counted twice is too many.
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

/** Rejects when the service ends that runs now. */
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
