import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { useBrowser } from "../src/testing/browser.ts";
import { createOwner } from "../src/testing/session.ts";

const { open } = useBrowser();

test("an invited member signs up by the link, joins with the role, and can be removed", async () => {
  const owner = await createOwner("Flower shop");
  const email = `${randomUUID()}@example.com`;
  const ownersPage = await open(owner);
  await ownersPage.goto("/settings/members");
  await ownersPage.getByRole("textbox", { name: "E-mail address" }).fill(email);
  await ownersPage.getByRole("radio", { name: "Viewer" }).check();
  await ownersPage.getByRole("button", { name: "Send the invitation" }).click();
  await ownersPage.getByRole("heading", { name: "Invited" }).waitFor();
  type Invitations = { id: string }[];
  const [invitation] = await owner.call<Invitations>(
    "GET",
    "/api/auth/organization/list-invitations",
  );

  const page = await open(null);
  await page.goto(`/accept-invitation?id=${invitation?.id}`);
  await page.getByRole("link", { name: "Create an account" }).click();
  await page.getByRole("textbox", { name: "Your name" }).fill("Grace Hopper");
  await page.getByRole("textbox", { name: "E-mail address" }).fill(email);
  await page.getByRole("textbox", { name: "Password" }).fill("correct horse battery");
  await page.getByRole("button", { name: "Create the account" }).click();
  await page.getByRole("heading", { name: "Join Flower shop" }).waitFor();
  await page.getByRole("button", { name: "Join" }).click();
  await page.getByRole("heading", { name: "Home" }).waitFor();
  expect(await page.getByRole("link", { name: "API keys" }).count()).toBe(0);

  await ownersPage.reload();
  await ownersPage.getByRole("button", { name: "Remove" }).click();
  await ownersPage.getByRole("button", { name: "Remove them" }).click();
  await ownersPage.getByText("Grace Hopper is removed").waitFor();
  await page.goto("/");
  await page.getByRole("heading", { name: "Your organization" }).waitFor();
});

test("an API key is shown once, works, and is refused after it is revoked", async () => {
  const owner = await createOwner();
  const page = await open(owner);
  await page.goto("/settings/api-keys");
  await page.getByRole("textbox", { name: "What it is for" }).fill("Shop");
  await page.getByRole("button", { name: "Create the key" }).click();
  // The list shows the key's prefix too, and may be there first.
  const key = await page.locator("code", { hasText: /^lh_[a-z0-9]{8}_[\w-]{43}$/ }).innerText();
  const ask = () =>
    page.request.get("/v1/contacts", { headers: { authorization: `Bearer ${key}`, cookie: "" } });
  expect((await ask()).status()).toBe(200);
  await page.reload();
  expect(await page.getByText(key).count()).toBe(0);
  await page.getByRole("button", { name: "Revoke" }).click();
  await page.getByRole("button", { name: "Revoke it" }).click();
  await page.getByText("The key is revoked").waitFor();
  expect((await ask()).status()).toBe(401);
});

test("the palette opens by keyboard and leads to a page, and the menu switches the organization", async () => {
  const owner = await createOwner("First");
  const second = await owner.call<{ id: string }>("POST", "/api/auth/organization/create", {
    name: "Second",
    slug: randomUUID(),
  });
  expect(second.id).not.toBe("");
  const page = await open(owner);
  await page.goto("/");
  await page.getByRole("heading", { name: "Home" }).waitFor();
  await page.keyboard.press("Control+K");
  await page.getByPlaceholder("Go to, or search …").fill("segm");
  await page.getByRole("button", { name: "Segments" }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Segments", exact: true }).waitFor();

  await page.getByRole("button", { name: /^Organization: / }).click();
  const other = (await page.getByRole("button", { name: /^Organization: / }).innerText()).includes(
    "First",
  )
    ? "Second"
    : "First";
  await page.getByRole("menuitem", { name: other }).click();
  await page.getByRole("button", { name: `Organization: ${other}. Switch` }).waitFor();
});
