import type { ContactImport } from "../../api/types.ts";

/** Returns the badge for an import's status. */
export function importStatus(status: ContactImport["status"]): { status: string; label: string } {
  switch (status) {
    case "processing":
      return { status: "sending", label: "Running" };
    case "completed":
      return { status: "completed", label: "Done" };
    case "failed":
      return { status: "failed", label: "Failed" };
    case "undoing":
      return { status: "paused", label: "Being undone" };
    case "undone":
      return { status: "canceled", label: "Undone" };
  }
}
