import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client";

export type { Counter, Gauge, Histogram } from "prom-client";

interface MetricOptions<L extends string> {
  /** Without the `loudhailer_` in front; a counter's ends in `_total`, a time's in `_seconds`. */
  name: string;
  help: string;
  labels?: readonly L[];
}

/** One service's own registry, so that several can live in one process (tests). */
export interface Metrics {
  registry: Registry;
  counter<L extends string = never>(options: MetricOptions<L>): Counter<L>;
  gauge<L extends string = never>(options: MetricOptions<L> & { read?(): number }): Gauge<L>;
  histogram<L extends string = never>(
    options: MetricOptions<L> & { buckets: readonly number[] },
  ): Histogram<L>;
}

function shape<L extends string>(registry: Registry, options: MetricOptions<L>) {
  return {
    name: `loudhailer_${options.name}`,
    help: options.help,
    labelNames: options.labels ?? [],
    registers: [registry],
  };
}

/** A registry labelled with the service's name; Node's own metrics are in it from the start. */
export function createMetrics(service: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    counter: (options) => new Counter(shape(registry, options)),
    gauge: ({ read, ...options }) =>
      new Gauge({
        ...shape(registry, options),
        ...(read && {
          collect() {
            this.set(read());
          },
        }),
      }),
    histogram: ({ buckets, ...options }) =>
      new Histogram({ ...shape(registry, options), buckets: [...buckets] }),
  };
}
