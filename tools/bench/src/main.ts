import { parseArgs } from "node:util";
import { benchAudience } from "./bench-audience.ts";
import { benchChaos } from "./bench-chaos.ts";
import { benchDashboard } from "./bench-dashboard.ts";
import { benchLaunch } from "./bench-launch.ts";
import { benchMillion } from "./bench-million.ts";
import { benchNumbers } from "./bench-numbers.ts";
import type { BenchOptions } from "./bench-options.ts";
import { benchRate } from "./bench-rate.ts";
import { benchSend } from "./bench-send.ts";
import { benchSnapshot } from "./bench-snapshot.ts";
import { benchWebhook } from "./bench-webhook.ts";

/** Runs a benchmark. Returns its figures as an object for JSON. */
type Benchmark = (options: BenchOptions) => Promise<object>;

const benchmarks: Record<string, Benchmark> = {
  send: benchSend,
  rate: benchRate,
  numbers: benchNumbers,
  launch: benchLaunch,
  million: benchMillion,
  chaos: benchChaos,
  snapshot: benchSnapshot,
  webhook: benchWebhook,
  audience: benchAudience,
  dashboard: benchDashboard,
};

const usage = `Usage: bench [NAME…] [options]

  NAME                ${Object.keys(benchmarks).join(", ")}; all of them without one
  --json              one line of JSON for each
  --only A,B          scenarios whose names begin so (rate, numbers, million, chaos, webhook, audience)
  --runs N            runs of each scenario (chaos, webhook), requests of each (audience), loads (dashboard)
  --recipients N      size of the broadcast (launch, million, webhook), contacts (audience, dashboard)

BENCH_LOG_DIR keeps the services' logs.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: "boolean", default: false },
    only: { type: "string", multiple: true, default: [] },
    runs: { type: "string" },
    recipients: { type: "string" },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(usage);
  process.exit(0);
}
const names = positionals.length > 0 ? positionals : Object.keys(benchmarks);
const unknown = names.filter((name) => !(name in benchmarks));
if (unknown.length > 0) {
  console.error(
    `There is no benchmark ${unknown.join(", ")}. There are: ${Object.keys(benchmarks).join(", ")}.`,
  );
  process.exit(2);
}
const options: BenchOptions = {
  only: values.only.flatMap((list) => list.split(",")).filter((name) => name !== ""),
  runs: wholeNumber("runs", values.runs),
  recipients: wholeNumber("recipients", values.recipients),
};

for (const name of names) {
  const figures = await benchmarks[name]?.(options);
  if (values.json) console.log(JSON.stringify({ bench: name, ...figures }));
  else {
    console.log(`bench ${name}`);
    console.log(JSON.stringify(figures, null, 2));
  }
}
process.exit(0);

function wholeNumber(flag: string, text: string | undefined): number | undefined {
  if (text === undefined || /^[1-9]\d*$/.test(text))
    return text === undefined ? text : Number(text);
  console.error(`--${flag} takes a whole number above 0, not "${text}".`);
  return process.exit(2);
}
