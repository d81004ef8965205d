import type { ApiAnswer } from "../call-api.ts";

export interface Question {
  name: string;
  msMax: number;
  method: "GET" | "POST";
  path: string;
  body?: object;
}

export type Ask = (
  question: Pick<Question, "method" | "path" | "body">,
) => Promise<ApiAnswer<unknown>>;

const listMsMax = 50;
const countMsMax = 400;
const overviewMsMax = 200;

const rule = (field: string, operator: string, value?: unknown) => ({ field, operator, value });

const get = (name: string, msMax: number, path: string): Question => ({
  name,
  msMax,
  method: "GET",
  path,
});
const list = (name: string, query: string) => get(name, listMsMax, `/v1/contacts?${query}`);
const count = (name: string, combinator: "and" | "or", ...rules: object[]): Question => ({
  name,
  msMax: countMsMax,
  method: "POST",
  path: "/v1/audiences/preview",
  body: { segmentCriteria: { combinator, rules } },
});

/** Returns the requests to measure, each with the highest 95th percentile that it may have. */
export function questionsOf(broadcastIds: readonly string[], deepCursor: string): Question[] {
  const yearAgo = new Date(Date.now() - 360 * 86_400_000).toISOString().slice(0, 10);
  const [latest, earlier] = broadcastIds;
  return [
    list("list-first-page", ""),
    list("list-200", "limit=200"),
    list("list-deep", `cursor=${deepCursor}`),
    list("search-common", "search=anna"),
    list("search-common-name", "search=souza"),
    list("search-rare", "search=zebulon"),
    list("search-absent", "search=xyzzyx"),
    list("search-one-letter", "search=a"),
    list("search-two-letters", "search=zq"),
    list("search-email", "search=lena.meyer12345@"),
    list("search-phone", "search=%2B4915110012345"),
    list("search-phone-part", "search=0012345"),
    list("search-everywhere", "search=example.com"),
    list("tag-common", "tag=customer"),
    list("tag-rare", "tag=beta"),
    list("tag-absent", "tag=nobody"),
    list("tag-and-search", "tag=vip&search=souza"),
    list("tag-and-rare-search", "tag=customer&search=zebulon"),
    count(
      "count-tag-text-number",
      "and",
      rule("tag", "=", "customer"),
      rule("attributes.City", "=", "Berlin"),
      rule("attributes.Orders", ">=", 25),
    ),
    count(
      "count-engagement",
      "and",
      rule("broadcast.delivered", "=", latest),
      rule("broadcast.read", "!=", latest),
      rule("tag", "=", "newsletter"),
    ),
    count(
      "count-never-got",
      "and",
      rule("broadcast.targeted", "!=", latest),
      rule("broadcast.targeted", "!=", earlier),
      rule("attributes.Plan", "=", "pro"),
    ),
    count(
      "count-dates",
      "and",
      rule("lastInboundAt", "withinDays", 30),
      rule("createdAt", ">", "2020-01-01"),
      rule("attributes.Birthday", "<", "1990-01-01"),
    ),
    count(
      "count-negations",
      "and",
      rule("tag", "!=", "vip"),
      rule("attributes.City", "notIn", ["Berlin", "Bonn"]),
      rule("attributes.Newsletter", "=", true),
    ),
    count(
      "count-contains",
      "and",
      rule("name", "contains", "souza"),
      rule("email", "endsWith", "@example.com"),
      rule("attributes.Language", "=", "de"),
    ),
    count(
      "count-or",
      "or",
      rule("tag", "=", "beta"),
      rule("attributes.City", "=", "Rome"),
      rule("attributes.Orders", ">", 45),
    ),
    count("count-everyone", "and"),
    get("overview", overviewMsMax, "/v1/overview"),
    get(
      "overview-berlin-year",
      overviewMsMax,
      `/v1/overview?timeZone=Europe/Berlin&from=${yearAgo}`,
    ),
    get("tags", overviewMsMax, "/v1/tags"),
    get("attributes", overviewMsMax, "/v1/attributes"),
    get("recipients-failed", listMsMax, `/v1/broadcasts/${latest}/recipients?status=failed`),
    get("recipients-search", overviewMsMax, `/v1/broadcasts/${latest}/recipients?search=zebulon`),
  ];
}

/** Measures that many `requests` after five warm-up requests. Returns milliseconds. */
export async function measure(question: Question, requests: number, ask: Ask) {
  for (let turn = 0; turn < 5; turn++) await ask(question);
  const times: number[] = [];
  for (let turn = 0; turn < requests; turn++) times.push((await ask(question)).ms);
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  const [p50Ms, p95Ms] = [at(0.5), at(0.95)];
  return {
    p50Ms,
    p95Ms,
    maxMs: sorted.at(-1) ?? 0,
    msMax: question.msMax,
    isWithin: p95Ms <= question.msMax,
  };
}
