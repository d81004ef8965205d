import { expect, test } from "vitest";
import { startTestApi } from "../../testing/start-test-api.ts";

const { newOrganization } = await startTestApi();

test("settings are the defaults until changed, and a change affects only its organization", async () => {
  const { api } = await newOrganization();
  const { api: other } = await newOrganization();
  const before = await api.get("/v1/settings");
  expect(before.status).toBe(200);
  expect(before.body.stopWords).toContain("stop");
  expect(before.body).toMatchObject({ pauseMarketingOnRedQuality: true, scheduleGraceMinutes: 60 });

  const changed = await api.patch("/v1/settings", {
    stopWords: ["Tschüss"],
    pauseMarketingOnRedQuality: false,
    scheduleGraceMinutes: 5,
  });
  expect(changed.status).toBe(200);
  expect(changed.body).toMatchObject({
    stopWords: ["Tschüss"],
    startWords: before.body.startWords,
    pauseMarketingOnRedQuality: false,
    scheduleGraceMinutes: 5,
  });
  expect((await api.get("/v1/settings")).body).toEqual(changed.body);
  expect((await other.get("/v1/settings")).body).toEqual(before.body);

  const back = await api.patch("/v1/settings", { stopWords: null });
  expect(back.body.stopWords).toEqual(before.body.stopWords);
});

test.each([
  [{}, "at least one of"],
  [{ stopWords: "stop" }, "stopWords"],
  [{ stopWords: [""] }, "stopWords"],
  [{ stopWords: ["x".repeat(61)] }, "stopWords"],
  [{ color: "red" }, "color"],
  [{ scheduleGraceMinutes: 4 }, "scheduleGraceMinutes"],
  [{ scheduleGraceMinutes: 1_441 }, "scheduleGraceMinutes"],
  [{ scheduleGraceMinutes: 5.5 }, "scheduleGraceMinutes"],
  [{ stopWords: ["Start"] }, "both stop and start: start"],
  [{ stopWords: ["!!!"] }, "needs a letter"],
])("invalid settings are refused with the reason: %j", async (changes, words) => {
  const { api } = await newOrganization();
  const before = (await api.get("/v1/settings")).body;
  const answer = await api.patch("/v1/settings", changes);
  expect(answer.status).toBe(400);
  expect(answer.text).toContain(words);
  expect((await api.get("/v1/settings")).body).toEqual(before);
});
