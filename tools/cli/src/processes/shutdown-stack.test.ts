import { expect, test } from "vitest";
import { createShutdownStack, type Stoppable } from "./shutdown-stack.ts";

function recorder() {
  const events: string[] = [];
  const member = (name: string, stop: () => Promise<void> = async () => {}): Stoppable => ({
    stop: async () => {
      events.push(`stop ${name}`);
      await stop();
      events.push(`stopped ${name}`);
    },
    kill: () => events.push(`kill ${name}`),
  });
  return { events, member };
}

test("stopAll stops groups in reverse order and the members of a group together", async () => {
  const { events, member } = recorder();
  const stack = createShutdownStack({ graceMs: 1_000 });
  stack.add(member("database"));
  stack.add(member("api"));
  const addDispatcher = stack.openGroup();
  addDispatcher(member("dispatcher 1"));
  addDispatcher(member("dispatcher 2"));
  await stack.stopAll();
  expect(events).toEqual([
    "stop dispatcher 1",
    "stop dispatcher 2",
    "stopped dispatcher 1",
    "stopped dispatcher 2",
    "stop api",
    "stopped api",
    "stop database",
    "stopped database",
  ]);
});

test("stopAll stops the remaining members when one member fails to stop", async () => {
  const { events, member } = recorder();
  const stack = createShutdownStack({ graceMs: 1_000 });
  stack.add(member("database"));
  stack.add(member("api", () => Promise.reject(new Error("stuck"))));
  await stack.stopAll();
  expect(events).toEqual(["stop api", "stop database", "stopped database"]);
});

test("add kills a member immediately when stopping has begun", async () => {
  const { events, member } = recorder();
  const stack = createShutdownStack({ graceMs: 1_000 });
  const stopping = stack.stopAll();
  stack.add(member("late"));
  await stopping;
  expect(events).toEqual(["kill late"]);
});
