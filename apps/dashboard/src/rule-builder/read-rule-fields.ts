import "server-only";
import { api, read } from "@/api/server.ts";
import type { RuleFields } from "./rule-fields.ts";

const largestPage = { params: { query: { limit: 200 } } };

/** Loads what rules can use in the reader's organization. */
export async function readRuleFields(): Promise<RuleFields> {
  const client = await api();
  const [tags, attributes, broadcasts] = await Promise.all([
    read(client.GET("/v1/tags", largestPage)),
    read(client.GET("/v1/attributes", largestPage)),
    read(client.GET("/v1/broadcasts", largestPage)),
  ]);
  return {
    tags: tags.items.map(({ tag }) => tag),
    attributes: attributes.items.map(({ key, type }) => ({ key, type })),
    broadcasts: broadcasts.items
      .filter(({ launchedAt }) => launchedAt !== null)
      .map(({ id, name }) => ({ id, name })),
  };
}
