/** Figures of a webhook service's requests since it was started. */
export interface RequestFigures {
  requests: number;
  /** Number of responses by HTTP status. */
  answers: Record<string, number>;
  /** Cumulative buckets of the request-time histogram: upper bound in seconds and count. */
  buckets: { secondsMax: number; requests: number }[];
}

const buckets = /^loudhailer_webhook_request_seconds_bucket\{(?:.*,)?le="([^"]+)".*\} (\d+)$/gm;
const statuses = /^loudhailer_webhook_requests_total\{(?:.*,)?status="(\d+)".*\} (\d+)$/gm;

/**
 * Reads the figures from the service's /metrics.
 * @throws Error if the figures are missing or count no request
 */
export async function readRequestFigures(url: string): Promise<RequestFigures> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  const figures = {
    answers: Object.fromEntries(
      [...metrics.matchAll(statuses)].map(([, status, count]) => [status, Number(count)]),
    ),
    buckets: [...metrics.matchAll(buckets)].map(([, bound, count]) => ({
      secondsMax: bound === "+Inf" ? Number.POSITIVE_INFINITY : Number(bound),
      requests: Number(count),
    })),
  };
  const requests = figures.buckets.at(-1)?.requests ?? 0;
  if (requests === 0) throw new Error("the webhook service says nothing of its requests");
  return { requests, ...figures };
}
