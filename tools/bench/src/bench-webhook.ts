import { chosen, type BenchOptions } from "./bench-options.ts";
import { measurePosts, type PostsScenario } from "./webhook/measure-posts.ts";
import { runHostile } from "./webhook/run-hostile.ts";
import { runKilled, type Death } from "./webhook/run-killed.ts";
import { runSending } from "./webhook/run-sending.ts";
import { startIngress, type Ingress } from "./webhook/start-ingress.ts";

interface WebhookScenario {
  name: string;
  run(recipients: number | undefined): Promise<object>;
}

const oneStatus: PostsScenario = {
  recipients: 50_000,
  statusesPerPost: 1,
  connections: 100,
  within: { statusesPerSecondMin: 4_000, p50MsMax: 30, p99MsMax: 150 },
};

const hundredStatuses: PostsScenario = {
  recipients: 150_000,
  statusesPerPost: 100,
  connections: 20,
  within: { statusesPerSecondMin: 10_000 },
};

/** Recipients for half a minute at the rate of one number. */
const broadcastRecipients = 30_000;

const hostileRecipients = 4_000;

const killedRecipients = 40_000;
const deaths: Death[] = Array.from({ length: 5 }, (): Death[] => [
  "kill-webhook",
  "kill-webhook",
  "stop-postgres",
  "kill-webhook",
  "crash-postgres",
]).flat();

const scenarios: WebhookScenario[] = [
  {
    name: "one-status",
    run: (recipients = oneStatus.recipients) =>
      withIngress((ingress) => measurePosts(ingress, { ...oneStatus, recipients })),
  },
  {
    name: "hundred-statuses",
    run: (recipients = hundredStatuses.recipients) =>
      withIngress((ingress) => measurePosts(ingress, { ...hundredStatuses, recipients })),
  },
  { name: "broadcast", run: (recipients = broadcastRecipients) => runSending({ recipients }) },
  {
    name: "kill",
    run: (recipients = killedRecipients) =>
      withIngress((ingress) => runKilled(ingress, { recipients, deaths })),
  },
  {
    name: "hostile",
    run: (recipients = hostileRecipients) =>
      withIngress((ingress) => runHostile(ingress, { recipients })),
  },
];

/**
 * Measures the webhook service under load: statuses per second with one and with a hundred per
 * POST, and response times while a broadcast is sent. Checks that nothing acknowledged is lost when
 * it or PostgreSQL dies or hostile requests arrive. Runs each scenario `--runs` times.
 */
export async function benchWebhook(options: BenchOptions): Promise<object> {
  const results: object[] = [];
  for (const { name, run } of chosen(scenarios, options)) {
    for (let count = 1; count <= (options.runs ?? 1); count++) {
      const result = { name, ...(await run(options.recipients)) };
      console.error(JSON.stringify(result));
      results.push(result);
    }
  }
  return { scenarios: results };
}

async function withIngress<T>(run: (ingress: Ingress) => Promise<T>): Promise<T> {
  const ingress = await startIngress();
  try {
    return await run(ingress);
  } finally {
    await ingress.close();
  }
}
