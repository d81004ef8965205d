import { expect, test } from "vitest";
import { createStores } from "./stores.ts";

function fakeServer(events: string[]) {
  return async () => {
    events.push("start");
    return { from: "a test", url: "fake://server", stop: async () => void events.push("stop") };
  };
}

test("a store starts at its first use, only once, and stops at the end", async () => {
  const events: string[] = [];
  const stores = createStores({ used: fakeServer(events), unused: () => Promise.reject() });
  expect(events).toEqual([]);
  const urls = await Promise.all([stores.start("used"), stores.start("used")]);
  expect(urls).toEqual(["fake://server", "fake://server"]);
  expect(events).toEqual(["start"]);
  await stores.stop();
  expect(events).toEqual(["start", "stop"]);
});

test("a store that is still starting is stopped too", async () => {
  const events: string[] = [];
  const stores = createStores({ slow: fakeServer(events) });
  const url = stores.start("slow");
  await stores.stop();
  expect(events).toEqual(["start", "stop"]);
  await url;
});

test("a store that doesn't start says why to every test file and doesn't keep the others running", async () => {
  const events: string[] = [];
  const stores = createStores({
    broken: () => Promise.reject(new Error("no disk")),
    sound: fakeServer(events),
  });
  await expect(stores.start("broken")).rejects.toThrow("no disk");
  await expect(stores.start("broken")).rejects.toThrow("no disk");
  await stores.start("sound");
  await stores.stop();
  expect(events).toEqual(["start", "stop"]);
  await expect(stores.start("mongodb")).rejects.toThrow('no store named "mongodb"');
});
