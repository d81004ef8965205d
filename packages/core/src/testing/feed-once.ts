import { findSendingNumbers } from "@loudhailer/pacing/find-sending-numbers.ts";
import type { TestOrganization } from "@loudhailer/testing/create-test-broadcast.ts";
import type { EngineDeps } from "../engine/engine-deps.ts";
import { createFeedMemory } from "../engine/feed-memory.ts";
import { feedNumber, type Feeding } from "../engine/feed-number.ts";

/** Feeds the organization's number once, as the feeder would. Null if it isn't sending. */
export async function feedOnce(
  engine: EngineDeps,
  { providerId }: TestOrganization,
  { messagesPerSecond = 80, memory = createFeedMemory() } = {},
): Promise<Feeding | null> {
  const { numbers } = await findSendingNumbers(engine.engineDb);
  const number = numbers.find((candidate) => candidate.providerId === providerId);
  return number?.heldMs === 0 ? feedNumber(engine, { ...number, messagesPerSecond }, memory) : null;
}
