import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { checkoutDir } from "../checkout.ts";
import { CliError } from "../cli-error.ts";
import type { ContactsFile } from "./import-contacts.ts";
import { writeSyntheticContacts } from "./write-synthetic-contacts.ts";

const sample = { file: join(checkoutDir, "examples", "contacts.csv"), country: "DE" };

/**
 * Returns a CSV of contacts: `recipients` made-up contacts written to `dir`, or else the file at
 * `contacts`, or else the sample of this checkout. Uses the sample's country for the sample under
 * any path, unless `country` is given.
 * @throws CliError if the file can't be read
 */
export async function chooseContacts(
  { contacts, country, recipients }: { contacts?: string; country?: string; recipients?: number },
  dir: string,
): Promise<ContactsFile> {
  if (recipients !== undefined) {
    const file = join(dir, "made-up-contacts.csv");
    await writeSyntheticContacts(file, recipients);
    return { file, country };
  }
  const file = contacts === undefined ? sample.file : resolve(contacts);
  if (!isReadableFile(file)) {
    throw new CliError(`${file} cannot be read: give --contacts the path of a CSV file.`);
  }
  return { file, country: country ?? (isSample(file) ? sample.country : undefined) };
}

function isSample(file: string): boolean {
  try {
    return realpathSync(file) === realpathSync(sample.file);
  } catch {
    return false;
  }
}

function isReadableFile(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
