import type { MediaView } from "@loudhailer/contracts/media.ts";
import type { MediaTable } from "@loudhailer/db/database.ts";
import type { Selectable } from "kysely";

export type MediaRow = Selectable<MediaTable>;

const dayMs = 86_400_000;
const metaKeepsDays = 30;

/** Returns when a file expires: Meta stores a file for 30 days from its upload. */
export function expiryFrom(uploadedAt: Date): Date {
  return new Date(uploadedAt.getTime() + metaKeepsDays * dayMs);
}

export function toMediaView(row: MediaRow): MediaView {
  return {
    id: row.id,
    providerId: row.provider_id,
    type: row.type,
    mimeType: row.mime_type,
    fileName: row.file_name,
    sizeBytes: row.size_bytes,
    expiresAt: row.expires_at.toISOString(),
    createdAt: row.created_at.toISOString(),
  };
}
