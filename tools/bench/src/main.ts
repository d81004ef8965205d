import { parseArgs } from "node:util";
import { benchRate } from "./bench-rate.ts";
import { benchSend } from "./bench-send.ts";

/** Answers figures, in one flat object or a list of them. */
const benchmarks: Record<string, () => Promise<object>> = { send: benchSend, rate: benchRate };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: "boolean", default: false } },
});
const names = positionals.length > 0 ? positionals : Object.keys(benchmarks);
const unknown = names.filter((name) => !(name in benchmarks));
if (unknown.length > 0) {
  console.error(
    `There is no benchmark ${unknown.join(", ")}. There are: ${Object.keys(benchmarks).join(", ")}.`,
  );
  process.exit(2);
}

for (const name of names) {
  const figures = await benchmarks[name]?.();
  if (values.json) console.log(JSON.stringify({ bench: name, ...figures }));
  else {
    console.log(`bench ${name}`);
    console.log(JSON.stringify(figures, null, 2));
  }
}
process.exit(0);
