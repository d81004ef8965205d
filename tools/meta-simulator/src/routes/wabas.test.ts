import { afterAll, beforeAll, expect, test } from "vitest";
import { startSimulator, type Simulator } from "../start-simulator.ts";
import { callGraph, wabaId } from "../testing/call-graph.ts";

let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator({ latencyMs: 0 });
});

afterAll(() => simulator.close());

test("a WABA returns its business portfolio only when that is requested", async () => {
  const path = `/v25.0/${wabaId}`;
  const { status, json } = await callGraph(
    simulator.url,
    "GET",
    `${path}?fields=owner_business_info{id}`,
  );
  expect(status).toBe(200);
  expect(json).toMatchObject({ id: wabaId, owner_business_info: { id: expect.any(String) } });
  expect((await callGraph(simulator.url, "GET", path)).json).not.toHaveProperty(
    "owner_business_info",
  );
});
