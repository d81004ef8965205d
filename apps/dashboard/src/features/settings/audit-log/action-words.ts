import type { AuditAction } from "@/api/types.ts";

/** Phrases by action, which follow the actor's name. */
export const actionWords: Record<AuditAction, string> = {
  "api_key.created": "made an API key",
  "api_key.revoked": "revoked an API key",
  "broadcast.canceled": "canceled a broadcast",
  "broadcast.created": "made a broadcast",
  "broadcast.deleted": "deleted a broadcast",
  "broadcast.duplicated": "duplicated a broadcast",
  "broadcast.failed_retried": "retried those whom a broadcast failed to reach",
  "broadcast.launched": "sent a broadcast",
  "broadcast.paused": "paused a broadcast",
  "broadcast.resumed": "resumed a broadcast",
  "broadcast.retargeted": "made a broadcast for those whom another didn't reach",
  "broadcast.scheduled": "scheduled a broadcast",
  "broadcast.tested": "sent a test of a broadcast",
  "broadcast.unknown_resent": "sent a broadcast again to the unconfirmed",
  "broadcast.unscheduled": "took a broadcast out of the schedule",
  "broadcast.updated": "changed a broadcast",
  "contact.created": "added a contact",
  "contact.deleted": "deleted a contact",
  "contact.merged": "merged two contacts",
  "contact.opted_in": "opted a contact in",
  "contact.opted_out": "opted a contact out",
  "contact.updated": "changed a contact",
  "contact_import.started": "imported contacts",
  "contact_import.undone": "undid an import",
  "contact_job.started": "changed many contacts",
  "invitation.canceled": "took an invitation back",
  "invitation.rejected": "declined an invitation",
  "media.created": "uploaded a file",
  "media.deleted": "deleted a file",
  "member.invited": "invited somebody",
  "member.joined": "joined the organization",
  "member.left": "left the organization",
  "member.removed": "removed a member",
  "member.role_changed": "changed a member's role",
  "organization.created": "made the organization",
  "organization.updated": "changed the organization",
  "provider.connected": "connected a number",
  "provider.deleted": "disconnected a number",
  "provider.moved": "moved a number to another organization",
  "provider.updated": "changed a number",
  "segment.created": "made a segment",
  "segment.deleted": "deleted a segment",
  "segment.updated": "changed a segment",
  "settings.updated": "changed the settings",
  "template.created": "handed in a template",
  "template.deleted": "deleted a template",
  "template.updated": "changed a template",
  "templates.synced": "synced the templates with Meta",
};

const phrases: ReadonlyMap<string, string> = new Map(Object.entries(actionWords));

/** Returns the phrase of an action; an unknown action's name with spaces. */
export function describeAction(action: string): string {
  return phrases.get(action) ?? action.replaceAll(/[._]/g, " ");
}

const pages: Record<string, string> = {
  broadcast: "/broadcasts",
  contact: "/contacts",
  contact_import: "/contacts/imports",
  provider: "/settings/whatsapp",
  segment: "/segments",
  template: "/templates",
};

/** Returns the page of an event's target; null if it has no page or the event deleted it. */
export function pageOfTarget(action: string, targetType: string, targetId: string): string | null {
  const page = pages[targetType];
  return page === undefined || action.endsWith(".deleted") ? null : `${page}/${targetId}`;
}
