import { copyFileSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, expect, test } from "vitest";
import { checkoutDir } from "../checkout.ts";
import { chooseContacts } from "./choose-contacts.ts";

const dir = mkdtempSync(join(tmpdir(), "loudhailer-contacts-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const sample = join(checkoutDir, "examples", "contacts.csv");

test("chooseContacts uses Germany for the sample file under any path", async () => {
  const link = join(dir, "link.csv");
  symlinkSync(sample, link);
  for (const contacts of [sample, relative(process.cwd(), sample), link]) {
    expect(await chooseContacts({ contacts }, dir)).toMatchObject({ country: "DE" });
  }
  expect(await chooseContacts({}, dir)).toEqual({ file: sample, country: "DE" });
  expect(await chooseContacts({ contacts: sample, country: "FR" }, dir)).toMatchObject({
    country: "FR",
  });
});

test("chooseContacts uses no country for another file when none is given", async () => {
  const contacts = join(dir, "contacts.csv");
  copyFileSync(sample, contacts);
  expect(await chooseContacts({ contacts }, dir)).toEqual({ file: contacts, country: undefined });
});
