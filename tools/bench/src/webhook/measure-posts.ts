import { cpuSeconds, residentMbMax } from "../read-process.ts";
import { round } from "../round.ts";
import { startProcess } from "../start-process.ts";
import { checkStatuses } from "./check-statuses.ts";
import { prepareLoad } from "./prepare-load.ts";
import type { PreparedPosts } from "./prepare-posts.ts";
import type { Ingress } from "./start-ingress.ts";
import { startLoad, type Load, type LoadReport } from "./start-load.ts";

export interface PostsScenario {
  recipients: number;
  statusesPerPost: number;
  connections: number;
  /** Limits to meet; a time that isn't given has no limit. */
  within: { statusesPerSecondMin: number; p50MsMax?: number; p99MsMax?: number };
}

/** Share of the POSTs that are sent before the clock starts. */
const warmUpShare = 0.1;
/** Number of the same POSTs that the yardstick gets at most: they take a few seconds. */
const yardstickPostsMax = 30_000;

/**
 * Measures the service with a closed loop: statuses per second, the duration of requests, and the
 * CPU time per status. Compares them with the same requests to a bare node:http server.
 */
export async function measurePosts(ingress: Ingress, scenario: PostsScenario) {
  const { statusesPerPost, connections } = scenario;
  const { statusesPerSecondMin, p50MsMax = Infinity, p99MsMax = Infinity } = scenario.within;
  const { audiences, times, posts } = await prepareLoad(ingress.db, scenario);
  const yardstick = await measureYardstick(posts, connections);
  const warmUpPosts = warmUpOf(posts);
  const load = startLoad({ port: ingress.port, connections, posts, warmUpPosts });
  const cpu = await measureCpu(ingress, load, { warmUpPosts, statusesPerPost });
  const report = await load.finished;
  const figures = describe(report);
  const statusesPerSecond = Math.round(figures.postsPerSecond * statusesPerPost);
  const violations = await checkStatuses(ingress.db, audiences, times);
  return {
    statusesPerPost,
    connections,
    statuses: report.latenciesMs.length * statusesPerPost,
    statusesPerSecond,
    ...figures,
    answers: report.answers,
    yardstick,
    shareOfYardstick: round(figures.postsPerSecond / yardstick.postsPerSecond),
    ...cpu,
    violations,
    isWithin:
      violations.length === 0 &&
      statusesPerSecond >= statusesPerSecondMin &&
      figures.p50Ms <= p50MsMax &&
      figures.p99Ms <= p99MsMax,
  };
}

async function measureYardstick(posts: PreparedPosts, connections: number) {
  const server = await startProcess("tools/bench/src/webhook/yardstick-server.ts", [], {});
  try {
    const some = { bytes: posts.bytes, ends: posts.ends.subarray(0, yardstickPostsMax) };
    const { port } = new URL(server.ready.url);
    const load = startLoad({
      port: Number(port),
      connections,
      posts: some,
      warmUpPosts: warmUpOf(some),
    });
    return describe(await load.finished);
  } finally {
    await server.stop();
  }
}

/** Measures CPU time per status from the end of the warm-up to the end of the load. */
async function measureCpu(
  { webhook, stores }: Ingress,
  load: Load,
  { warmUpPosts, statusesPerPost }: { warmUpPosts: number; statusesPerPost: number },
) {
  const { pid } = webhook.process();
  const read = () => ({
    posts: load.acknowledged(),
    service: cpuSeconds(pid),
    postgres: cpuSeconds(stores.postgres.pid()),
  });
  await load.reached(warmUpPosts);
  const before = read();
  await load.finished;
  const after = read();
  const perStatus = (of: "service" | "postgres") =>
    round(((after[of] - before[of]) * 1e6) / ((after.posts - before.posts) * statusesPerPost));
  return {
    serviceCpuMicrosecondsPerStatus: perStatus("service"),
    postgresCpuMicrosecondsPerStatus: perStatus("postgres"),
    serviceMbMax: residentMbMax(pid),
  };
}

function warmUpOf({ ends }: PreparedPosts): number {
  return Math.floor(ends.length * warmUpShare);
}

function describe({ latenciesMs, seconds, generatorBusy }: LoadReport) {
  const quantile = (share: number) =>
    round(latenciesMs[Math.ceil(latenciesMs.length * share) - 1] ?? 0);
  return {
    postsPerSecond: Math.round(latenciesMs.length / seconds),
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
    p999Ms: quantile(0.999),
    msMax: quantile(1),
    generatorBusy: round(generatorBusy),
  };
}
