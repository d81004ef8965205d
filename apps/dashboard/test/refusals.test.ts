import { eventually } from "@loudhailer/testing/eventually.ts";
import { expect, test } from "vitest";
import { useBrowser } from "../src/testing/browser.ts";
import { importContacts, makeDraft } from "../src/testing/make-broadcast.ts";
import { addMember, createOwner } from "../src/testing/session.ts";
import {
  addSimulatedNumber,
  connectNumber,
  readLedger,
  tellSimulator,
} from "../src/testing/simulated-number.ts";

const { open, expectComplaints } = useBrowser();

test("a viewer sees broadcasts and numbers but can't send or manage anything", async () => {
  const owner = await createOwner();
  const number = await connectNumber(owner);
  await importContacts(owner, 2);
  const draft = await makeDraft(owner, number.id);
  const viewer = await addMember(owner, "viewer");
  const page = await open(viewer);

  await page.goto("/broadcasts");
  await page.getByRole("link", { name: "Hello" }).waitFor();
  expect(await page.getByRole("link", { name: "New broadcast" }).count()).toBe(0);
  for (const path of ["/broadcasts/new", `/broadcasts/${draft}/edit/review`]) {
    await page.goto(path);
    await page.getByText("Your role doesn't let you").waitFor();
  }
  await page.goto("/settings/api-keys");
  await page.getByText("Your role doesn't let you see API keys").waitFor();
  await page.goto(`/settings/whatsapp/${number.id}`);
  await page.getByRole("heading", { name: "How it is" }).waitFor();
  expect(await page.getByLabel("Verify token").count()).toBe(0);
  expect(await readLedger(number.phoneNumberId)).toEqual([]);
});

test("a wrong token shows Meta's error and keeps the entered values", async () => {
  expectComplaints(/422/);
  const owner = await createOwner();
  const number = await addSimulatedNumber();
  const page = await open(owner);
  await page.goto("/settings/whatsapp/new");
  await page.getByLabel("Access token").fill("wrong-token");
  await page.getByLabel("Phone number ID").fill(number.phoneNumberId);
  await page.getByLabel("WhatsApp Business Account ID").fill(number.wabaId);
  await page.getByRole("button", { name: "Check and connect" }).click();
  await page.getByRole("alert").getByText(/token/i).first().waitFor();
  expect(await page.getByLabel("Phone number ID").inputValue()).toBe(number.phoneNumberId);
  expect(await owner.call("GET", "/v1/whatsapp-providers")).toMatchObject({ items: [] });

  await page.getByLabel("Access token").fill(number.accessToken);
  await page.getByRole("button", { name: "Check and connect" }).click();
  await page.getByRole("heading", { name: "How it is" }).waitFor();
});

test("a CSV without phone numbers is refused before anything is imported", async () => {
  const owner = await createOwner();
  const page = await open(owner);
  await page.goto("/contacts/import");
  const buffer = Buffer.from("Name,City\nAda,Bonn\n");
  await page
    .getByLabel("CSV file", { exact: true })
    .setInputFiles({ name: "a.csv", mimeType: "text/csv", buffer });
  await page.getByText("It can't be imported like this").waitFor();
  expect(await page.getByRole("button", { name: "Import the contacts" }).isDisabled()).toBe(true);
  await page.getByRole("button", { name: "Another file" }).click();
  await page.getByText("Drop a CSV file here").waitFor();
});

test("an expired session asks for the password and loses no entered values", async () => {
  expectComplaints(/401/);
  const owner = await createOwner();
  await connectNumber(owner);
  const page = await open(owner);
  await page.goto("/broadcasts/new");
  await page.getByLabel("Name").fill("Kept");
  await page.context().clearCookies({ name: /session/ });
  await page.getByRole("button", { name: "Next: Audience" }).click();
  await page.getByText("Your session has ended").waitFor();
  await page.getByRole("textbox", { name: "Password" }).fill(owner.password);
  await page.getByRole("button", { name: "Sign in and go on" }).click();
  await page.getByRole("heading", { name: "Kept" }).waitFor();
  await page.waitForURL("**/edit/audience");
  const { items } = await owner.call<{ items: { name: string }[] }>("GET", "/v1/broadcasts");
  expect(items.map(({ name }) => name)).toEqual(["Kept"]);
});

test("a number with a refused token shows a banner, and a new token resumes sending", async () => {
  const owner = await createOwner();
  const number = await connectNumber(owner);
  await importContacts(owner, 2);
  const draft = await makeDraft(owner, number.id);
  const { phoneNumberId, wabaId, appSecret } = number;
  // From here on, the simulator accepts only another token.
  await tellSimulator("/_numbers", {
    phoneNumberId,
    wabaId,
    appSecret,
    accessToken: "newer-token",
  });
  await owner.call("POST", `/v1/broadcasts/${draft}/launch`);
  const page = await open(owner);
  await eventually(async () => {
    await page.goto("/contacts");
    return (await page.getByText("can't send").count()) > 0;
  });
  await page.getByRole("link", { name: "Enter a new access token" }).click();
  await page.getByLabel("New access token").fill("newer-token");
  await page.getByRole("button", { name: "Check and save" }).click();
  await page.getByText("can't send").first().waitFor({ state: "detached" });
  await eventually(async () => (await readLedger(phoneNumberId)).length === 2, {
    timeoutMs: 20_000,
    everyMs: 100,
  });
  expect(await readLedger(phoneNumberId)).toHaveLength(2);
});
