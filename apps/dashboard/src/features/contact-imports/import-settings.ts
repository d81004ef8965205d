import { ApiError } from "@/api/api-error.ts";
import { fetchWithSession } from "@/api/browser.ts";
import type { PostAnswer } from "@/api/types.ts";

export type ImportPreview = PostAnswer<"/v1/contact-imports/preview">;

export interface ImportSettings {
  /** Contact field by column header. Columns without an entry keep the API's suggestion. */
  mapping: Record<string, string>;
  tags: string[];
  /** ISO 3166 code; "" for none. */
  country: string;
}

const previewBytes = 512 * 1024;

/**
 * Returns how the API would read the file's first rows.
 * @throws ApiError if the API rejects the file or can't be reached
 */
export function previewImport(file: File, settings: ImportSettings): Promise<ImportPreview> {
  // The beginning is enough, so a large file isn't uploaded twice.
  const beginning =
    file.size > previewBytes ? new File([file.slice(0, previewBytes)], file.name) : file;
  return upload<ImportPreview>("/v1/contact-imports/preview", beginning, settings);
}

/**
 * Uploads the whole file and returns the id of its import.
 * @throws ApiError if the API rejects the file or can't be reached
 */
export function startImport(file: File, settings: ImportSettings): Promise<{ id: string }> {
  return upload<{ id: string }>("/v1/contact-imports", file, settings);
}

async function upload<T>(
  path: string,
  file: File,
  { mapping, tags, country }: ImportSettings,
): Promise<T> {
  const form = new FormData();
  if (Object.keys(mapping).length > 0) form.set("mapping", JSON.stringify(mapping));
  if (tags.length > 0) form.set("tags", JSON.stringify(tags));
  if (country !== "") form.set("defaultCountry", country);
  form.set("file", file);
  const answer = await fetchWithSession(new Request(path, { method: "POST", body: form }));
  const body: unknown = await answer.json().catch(() => null);
  if (!answer.ok) throw new ApiError(answer.status, body);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as in the OpenAPI document
  return body as T;
}
