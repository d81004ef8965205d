import { eventually } from "@loudhailer/testing/eventually.ts";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { useBrowser } from "../src/testing/browser.ts";
import { importContacts, makeDraft, setRate } from "../src/testing/make-broadcast.ts";
import { countOf } from "../src/testing/read-counts.ts";
import { createOwner } from "../src/testing/session.ts";
import { connectNumber, readLedger, tellSimulator } from "../src/testing/simulated-number.ts";

const { open, expectComplaints } = useBrowser();

const outcomeOf = (page: Page) => page.getByRole("region", { name: "What became of it" });

/** Creates an owner with a number, contacts, and a draft to all of them. */
async function prepare(people: number) {
  const owner = await createOwner();
  const number = await connectNumber(owner);
  const phones = await importContacts(owner, people);
  const draft = await makeDraft(owner, number.id);
  return { owner, number, phones, draft };
}

async function send(page: Page, draft: string): Promise<void> {
  await page.goto(`/broadcasts/${draft}/edit/review`);
  await page.getByRole("button", { name: "Send …" }).click();
  await page.getByRole("button", { name: /^Send to / }).click();
  await page.waitForURL(`**/broadcasts/${draft}`);
}

test("a broadcast pauses, resumes and cancels, and its unsent messages stay unsent", async () => {
  const { owner, number, draft } = await prepare(400);
  await setRate(owner, number.id, 40);
  const page = await open(owner);
  await send(page, draft);
  await eventually(async () => (await countOf(outcomeOf(page), "Sent")) > 0, { timeoutMs: 20_000 });

  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByText("It is paused").waitFor();
  await page.getByRole("button", { name: "Resume" }).click();
  await page.getByRole("button", { name: "Pause" }).waitFor();

  await page.getByRole("button", { name: "Cancel", exact: true }).click();
  await page.getByText(/people won't get it any more/).waitFor();
  await page.getByRole("button", { name: "Cancel the broadcast" }).click();
  await page.getByText("Canceled", { exact: true }).first().waitFor();
  const canceled = await eventually(
    async () => (await countOf(outcomeOf(page), "Canceled")) || false,
    { timeoutMs: 20_000, everyMs: 100 },
  );
  const accepted = await eventually(
    async () => {
      const ledger = await readLedger(number.phoneNumberId);
      return ledger.length === (await countOf(outcomeOf(page), "Sent")) && ledger.length;
    },
    { timeoutMs: 20_000, everyMs: 100 },
  );
  expect(accepted + canceled).toBe(400);
});

test("a report without events says so, keeps updating its counts, and reconnects", async () => {
  expectComplaints(/ERR_FAILED/);
  const { owner, number, draft } = await prepare(120);
  await setRate(owner, number.id, 10);
  const page = await open(owner);
  await page.route("**/events", (route) => route.abort());
  await send(page, draft);
  await page.getByText("The live connection is interrupted").waitFor();
  const before = await countOf(outcomeOf(page), "Sent");
  await eventually(async () => (await countOf(outcomeOf(page), "Sent")) > before, {
    timeoutMs: 20_000,
    everyMs: 100,
  });
  await page.unroute("**/events");
  await page.getByText("The live connection is interrupted").waitFor({ state: "detached" });
  await page.getByText("Completed").waitFor();
  expect(await countOf(outcomeOf(page), "Sent")).toBe(120);
});

test("a broadcast is scheduled in a time zone, checked, and unscheduled with its time kept", async () => {
  const { owner, draft } = await prepare(3);
  const page = await open(owner);
  await page.goto(`/broadcasts/${draft}/edit/setup`);
  await page.getByLabel("At a date and time").check();
  await page.getByLabel(/^Date and time/).fill("2090-07-01T09:30");
  await page.getByRole("combobox", { name: "Time zone" }).fill("Tokyo");
  await page.getByRole("option", { name: "Asia/Tokyo" }).click();
  for (const next of ["Audience", "Content", "Review & send"]) {
    await page.getByRole("button", { name: `Next: ${next}` }).click();
  }
  await page.getByRole("button", { name: "Schedule …" }).click();
  await page.getByRole("button", { name: "Schedule for 3 people" }).click();
  await page.getByText("It is scheduled").waitFor();
  // 9:30 in Tokyo is 2:30 in Berlin, the reader's time zone.
  await page
    .getByText(/1 Jul 2090, 02:30/)
    .first()
    .waitFor();
  await page.getByRole("heading", { name: "If it were sent now" }).waitFor();
  await page.getByText("3 people would get it").waitFor();

  await page.getByRole("link", { name: "Change it" }).click();
  await page.getByRole("button", { name: "Take it out of the schedule" }).click();
  await page.getByLabel(/^Date and time/).waitFor();
  expect(await page.getByLabel(/^Date and time/).inputValue()).toBe("2090-07-01T09:30");
});

test("a retry from the report reaches recipients who failed", async () => {
  const { owner, phones, draft } = await prepare(10);
  const failing = phones.slice(0, 2);
  const outcomes = (value: object | null) => ({
    outcomes: Object.fromEntries(failing.map((phone) => [phone, value])),
  });
  await tellSimulator("/_control", outcomes({ code: 131026, in: "reply" }));
  const page = await open(owner);
  await send(page, draft);
  await page.getByText("Completed").waitFor();
  expect(await countOf(outcomeOf(page), "Failed")).toBe(2);

  await tellSimulator("/_control", outcomes(null));
  await page.getByRole("button", { name: "Follow up" }).click();
  await page.getByRole("menuitem", { name: /Retry those who failed/ }).click();
  await page.getByRole("button", { name: "Retry" }).click();
  await eventually(async () => (await countOf(outcomeOf(page), "Sent")) === 10, {
    timeoutMs: 20_000,
    everyMs: 100,
  });
});

test("the report creates a follow-up broadcast to recipients who didn't read", async () => {
  const { owner, draft } = await prepare(6);
  const page = await open(owner);
  await send(page, draft);
  await page.getByText("Completed").waitFor();
  await page.getByRole("button", { name: "Follow up" }).click();
  await page.getByRole("menuitem", { name: "didn't read it" }).click();
  await page.waitForURL("**/edit/setup");
  await page.getByRole("button", { name: "Next: Audience" }).click();
  await page
    .getByRole("group", { name: "Rules" })
    .getByRole("combobox", { name: "Value for Read" })
    .waitFor();
  expect(await page.getByRole("heading", { level: 1 }).innerText()).toContain("Hello");
});
