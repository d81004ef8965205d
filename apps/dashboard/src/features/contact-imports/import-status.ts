import type { ContactImport } from "../../api/types.ts";

/** The badge for each status of an import. */
export const importStatus: Record<ContactImport["status"], { status: string; label: string }> = {
  processing: { status: "sending", label: "Running" },
  completed: { status: "completed", label: "Done" },
  failed: { status: "failed", label: "Failed" },
  undoing: { status: "paused", label: "Being undone" },
  undone: { status: "canceled", label: "Undone" },
};
