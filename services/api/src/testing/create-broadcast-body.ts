import { expect } from "vitest";
import { number } from "./start-test-api.ts";
import type { TestClient } from "./test-client.ts";

interface BroadcastBody {
  name: string;
  providerId: string;
  templateId: string;
  segmentCriteria: object;
  variables: object;
}

/** Connects the number, syncs templates, and returns a body that `POST /v1/broadcasts` accepts. */
export async function createBroadcastBody(api: TestClient): Promise<BroadcastBody> {
  const provider = await api.post("/v1/whatsapp-providers", number);
  expect([provider.status, provider.text]).toEqual([201, expect.any(String)]);
  const synced = await api.post("/v1/templates/sync", {});
  expect([synced.status, synced.text]).toEqual([200, expect.any(String)]);
  const listed = await api.get("/v1/templates?search=order_update&limit=200");
  expect([listed.status, listed.text]).toEqual([200, expect.any(String)]);
  const template = listed.body.items.find(
    (item: { language: string }) => item.language === "en_US",
  );
  return {
    name: "Spring",
    providerId: provider.body.id,
    templateId: template.id,
    segmentCriteria: { combinator: "and", rules: [] },
    variables: {
      body: {
        first_name: { source: "field", field: "name", fallback: "you" },
        order_number: { source: "text", value: "860198" },
      },
    },
  };
}
