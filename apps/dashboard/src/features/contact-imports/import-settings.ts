import type { PostAnswer } from "@/api/types.ts";
import { upload } from "@/api/upload.ts";

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
  return upload("/v1/contact-imports/preview", formOf(beginning, settings));
}

/**
 * Uploads the whole file and returns the id of its import.
 * @throws ApiError if the API rejects the file or can't be reached
 */
export function startImport(file: File, settings: ImportSettings): Promise<{ id: string }> {
  return upload("/v1/contact-imports", formOf(file, settings));
}

function formOf(file: File, { mapping, tags, country }: ImportSettings) {
  return {
    ...(Object.keys(mapping).length > 0 && { mapping: JSON.stringify(mapping) }),
    ...(tags.length > 0 && { tags: JSON.stringify(tags) }),
    ...(country !== "" && { defaultCountry: country }),
    file,
  };
}
