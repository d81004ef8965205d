import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client";

export type { Counter, Gauge, Histogram } from "prom-client";

interface MetricOptions<L extends string> {
  /** Name without `loudhailer_`. A counter's name ends in `_total`, a duration's in `_seconds`. */
  name: string;
  help: string;
  labels?: readonly L[];
}

/** Registry of one service, so that one process can run several services (tests). */
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

/** Returns a registry labeled with the service's name. It already contains Node's own metrics. */
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
