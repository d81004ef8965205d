import type { Me } from "../../api/types.ts";

export interface ChecklistItem {
  label: string;
  action: string;
  href: string;
  right: Me["rights"][number];
  isDone: boolean;
}

/** Returns the steps to the first broadcast with the right for each; null once all are done. */
export function checklist(has: {
  number: boolean;
  template: boolean;
  contact: boolean;
  broadcast: boolean;
}): ChecklistItem[] | null {
  if (Object.values(has).every(Boolean)) return null;
  return [
    {
      label: "Connect your WhatsApp number",
      action: "Connect",
      href: "/settings/whatsapp/new",
      right: "manage",
      isDone: has.number,
    },
    {
      label: "Fetch your templates from Meta, or write one",
      action: "Go to templates",
      href: "/templates",
      right: "manage",
      isDone: has.template,
    },
    {
      label: "Import the people you write to",
      action: "Import",
      href: "/contacts/import",
      right: "write",
      isDone: has.contact,
    },
    {
      label: "Send your first broadcast",
      action: "Begin",
      href: "/broadcasts/new",
      right: "write",
      isDone: has.broadcast,
    },
  ];
}
