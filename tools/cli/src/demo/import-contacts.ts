import { openAsBlob } from "node:fs";
import { basename } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { CliError } from "../cli-error.ts";
import type { ApiClient } from "./api-client.ts";

const importSchema = z.object({
  status: z.string(),
  failureReason: z.string().nullable(),
  processedRows: z.number(),
  createdContacts: z.number(),
  updatedContacts: z.number(),
  rejectedRows: z.number(),
});

/** The status of an import and the outcome of its rows. */
export type ImportResult = z.infer<typeof importSchema>;

/** A CSV of contacts. `country` applies to phone numbers in national format. */
export interface ContactsFile {
  file: string;
  country: string | undefined;
}

/**
 * Uploads contacts, tags all of them with `tag`, and waits until they are imported. Calls
 * `onProgress` with the number of rows processed so far.
 * @throws CliError if the API rejects the file or the import fails
 */
export async function importContacts(
  api: ApiClient,
  { file, country }: ContactsFile,
  tag: string,
  onProgress: (processedRows: number) => void,
): Promise<{ importId: string; result: ImportResult }> {
  const form = new FormData();
  form.set("tags", tag);
  if (country !== undefined) form.set("defaultCountry", country);
  // This Blob refers to the file, which is read in pieces while it is sent.
  form.set("file", await openAsBlob(file, { type: "text/csv" }), basename(file));
  const { id } = await api.call("POST", "/v1/contact-imports", z.object({ id: z.string() }), form);
  for (;;) {
    const result = await api.call("GET", `/v1/contact-imports/${id}`, importSchema);
    if (result.status === "completed") return { importId: id, result };
    if (result.status === "failed") {
      throw new CliError(`The import of ${file} failed: ${result.failureReason}`);
    }
    onProgress(result.processedRows);
    await sleep(200);
  }
}
