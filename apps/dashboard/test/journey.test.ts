import { randomUUID } from "node:crypto";
import { eventually } from "@loudhailer/testing/eventually.ts";
import { expect, test } from "vitest";
import { useBrowser } from "../src/testing/browser.ts";
import { countOf } from "../src/testing/read-counts.ts";
import { addSimulatedNumber, readLedger, tellSimulator } from "../src/testing/simulated-number.ts";

const { open } = useBrowser();

function csvOf(people: number): string {
  const rows = Array.from(
    { length: people },
    (_, index) =>
      `+4915510${String(index).padStart(6, "0")},Person ${index},${index % 2 ? "vip" : "new"},Bonn`,
  );
  return ["Phone,Name,Tags,City", ...rows, "no phone at all,Nobody,vip,Bonn"].join("\n");
}

test("a new account sends its first broadcast, and its counts match the simulator's ledger", async () => {
  const number = await addSimulatedNumber();
  const page = await open(null);

  await page.goto("/sign-up");
  await page.getByLabel("Your name").fill("Ada Lovelace");
  await page.getByLabel("E-mail address").fill(`${randomUUID()}@example.com`);
  await page.getByRole("textbox", { name: "Password" }).fill("correct horse battery");
  await page.getByRole("button", { name: "Create the account" }).click();
  await page.getByLabel("Name of the organization").fill("Kiosk & Co");
  await page.getByRole("button", { name: "Create it" }).click();
  await page.getByRole("heading", { name: "To your first broadcast" }).waitFor();

  await page.getByRole("link", { name: "Connect", exact: true }).click();
  await page.getByLabel("Access token").fill(number.accessToken);
  await page.getByLabel("Phone number ID").fill(number.phoneNumberId);
  await page.getByLabel("WhatsApp Business Account ID").fill(number.wabaId);
  await page.getByLabel("App secret (optional)").fill(number.appSecret);
  await page.getByRole("button", { name: "Check and connect" }).click();
  await page.getByRole("heading", { name: "How it is" }).waitFor();
  expect(await page.getByRole("textbox", { name: "Verify token" }).inputValue()).not.toBe("");

  await page.goto("/templates");
  await page.getByRole("button", { name: "Sync from Meta" }).first().click();
  await page.getByText("Templates are in line with Meta's").waitFor();
  await page.getByRole("link", { name: "spring_sale" }).waitFor();

  await page.goto("/contacts/import");
  await page
    .getByLabel("CSV file", { exact: true })
    .setInputFiles({ name: "people.csv", mimeType: "text/csv", buffer: Buffer.from(csvOf(120)) });
  await page.getByRole("combobox", { name: "What City is" }).waitFor();
  expect(await page.getByRole("combobox", { name: "What Phone is" }).inputValue()).toBe(
    "Phone number",
  );
  await page.getByRole("button", { name: "Import the contacts" }).click();
  await page.getByText("The contacts are imported").waitFor();
  expect(await countOf(page.locator("main"), "New contacts")).toBe(120);
  expect(await countOf(page.locator("main"), "Rejected rows")).toBe(1);

  await page.goto("/broadcasts/new");
  await page.getByLabel("Name").fill("Spring sale");
  await page.getByRole("button", { name: "Next: Audience" }).click();
  await page.getByText("By rules").click();
  await page.getByRole("button", { name: "Add a rule" }).click();
  await page.getByRole("combobox", { name: "Value for Tag" }).fill("vip");
  await page.keyboard.press("Enter");
  await page.getByText("60", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Next: Content" }).click();

  await page.getByRole("button", { name: /^spring_sale/ }).click();
  await page.getByRole("combobox", { name: "Contact field for {{1}} in the text" }).click();
  await page.getByRole("option", { name: "Name", exact: true }).click();
  await page.getByRole("combobox", { name: "Contact field for {{2}} in the text" }).click();
  await page.getByRole("option", { name: "City", exact: true }).click();
  await page
    .getByRole("group", { name: "End of the address of button 1" })
    .getByText("Same for all")
    .click();
  await page.getByLabel("Text for End of the address of button 1").fill("spring");
  await page.getByText(/Hello Person \d+, our spring sale has come to Bonn/).waitFor();
  await page.getByRole("button", { name: "Next person" }).click();

  // Going back and forth and reloading loses nothing.
  await page.getByRole("button", { name: "Back" }).click();
  await page.getByRole("group", { name: "Rules" }).getByText("vip").waitFor();
  await page.reload();
  await page.getByRole("group", { name: "Rules" }).getByText("vip").waitFor();
  await page.getByRole("button", { name: "Next: Content" }).click();
  await page.getByLabel("Text for End of the address of button 1").waitFor();
  await page.getByRole("button", { name: "Next: Review & send" }).click();

  await page.getByLabel("My phone number").fill("+4915599999999");
  await page.getByRole("button", { name: "Send a test" }).click();
  await page.getByText("Meta has accepted the test").waitFor();

  const failing = "+4915510000001";
  await tellSimulator("/_control", { outcomes: { [failing]: { code: 131026, in: "reply" } } });
  await page.getByRole("button", { name: "Send …" }).click();
  await page.getByRole("button", { name: "Send to 60 people" }).click();
  await page.getByText("60 of 60").waitFor();
  await page.getByText("Completed").waitFor();

  const outcome = page.getByRole("region", { name: "What became of it" });
  const ledger = await eventually(
    async () => {
      const entries = (await readLedger(number.phoneNumberId)).filter(
        ({ to }) => !to.endsWith("15599999999"),
      );
      return (
        entries.length === 59 &&
        (await countOf(outcome, "Read")) ===
          entries.filter((entry) => entry.outcome === "read").length &&
        entries
      );
    },
    { timeoutMs: 30_000, everyMs: 200 },
  );
  const of = (...outcomes: string[]) =>
    ledger.filter((entry) => outcomes.includes(entry.outcome)).length;
  expect(await countOf(outcome, "Sent")).toBe(ledger.length);
  expect(await countOf(outcome, "Delivered")).toBe(of("delivered", "read"));
  expect(await countOf(outcome, "Failed")).toBe(1);
  await page.getByText("Who wasn't reached, and why").waitFor();
});
