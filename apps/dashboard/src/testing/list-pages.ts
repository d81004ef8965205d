import type { Session } from "./session.ts";

/** Page of the dashboard: its path, and the name of its picture. */
export interface DashboardPage {
  name: string;
  path: string;
  isPublic?: boolean;
}

interface Items {
  items: { id: string; name?: string; status?: string }[];
}

/**
 * Returns every page, each with content to show. Adds a draft and a scheduled broadcast to the demo
 * organization.
 */
export async function listPages(demo: Session): Promise<DashboardPage[]> {
  const first = async (path: string, name?: string): Promise<string> => {
    const { items } = await demo.call<Items>("GET", path);
    return (items.find((item) => name === undefined || item.name === name) ?? items[0])?.id ?? "";
  };
  const [template, number, contact, segment, imported, sent] = await Promise.all([
    first("/v1/templates?search=summer_carousel"),
    first("/v1/whatsapp-providers"),
    first("/v1/contacts?search=Zürich&limit=1").then((id) => id || first("/v1/contacts")),
    first("/v1/segments"),
    first("/v1/contact-imports"),
    first("/v1/broadcasts?status=completed"),
  ]);
  const draft = await makeDraft(demo, number, "Summer news");
  await schedule(demo, await makeDraft(demo, number, "Autumn preview"));
  const edit = `/broadcasts/${draft}/edit`;
  return [
    { name: "sign-in", path: "/sign-in", isPublic: true },
    { name: "sign-up", path: "/sign-up", isPublic: true },
    { name: "forgot-password", path: "/forgot-password", isPublic: true },
    { name: "reset-password", path: "/reset-password?token=none", isPublic: true },
    { name: "create-organization", path: "/create-organization" },
    { name: "accept-invitation", path: "/accept-invitation?id=none" },
    { name: "home", path: "/" },
    { name: "broadcasts", path: "/broadcasts" },
    { name: "broadcast", path: `/broadcasts/${sent}` },
    { name: "recipients", path: `/broadcasts/${sent}/recipients` },
    { name: "new-broadcast", path: "/broadcasts/new" },
    { name: "builder-setup", path: `${edit}/setup` },
    { name: "builder-audience", path: `${edit}/audience` },
    { name: "builder-content", path: `${edit}/content` },
    { name: "builder-review", path: `${edit}/review` },
    { name: "templates", path: "/templates" },
    { name: "template", path: `/templates/${template}` },
    { name: "new-template", path: "/templates/new" },
    { name: "edit-template", path: `/templates/${template}/edit` },
    { name: "contacts", path: "/contacts" },
    { name: "contact", path: `/contacts/${contact}` },
    { name: "import", path: "/contacts/import" },
    { name: "imports", path: "/contacts/imports" },
    { name: "import-done", path: `/contacts/imports/${imported}` },
    { name: "segments", path: "/segments" },
    { name: "segment", path: `/segments/${segment}` },
    { name: "new-segment", path: "/segments/new" },
    { name: "whatsapp", path: "/settings/whatsapp" },
    { name: "whatsapp-number", path: `/settings/whatsapp/${number}` },
    { name: "connect-number", path: "/settings/whatsapp/new" },
    { name: "members", path: "/settings/members" },
    { name: "api-keys", path: "/settings/api-keys" },
    { name: "audit-log", path: "/settings/audit-log" },
    { name: "organization", path: "/settings/organization" },
    { name: "profile", path: "/settings/profile" },
    { name: "not-found", path: "/segments/00000000-0000-4000-8000-000000000000" },
  ];
}

async function makeDraft(demo: Session, providerId: string, name: string): Promise<string> {
  const { items } = await demo.call<Items>("GET", "/v1/templates?search=spring_sale");
  const { id } = await demo.call<{ id: string }>("POST", "/v1/broadcasts", {
    draft: true,
    name,
    providerId,
    templateId: items[0]?.id,
    segmentCriteria: {
      combinator: "and",
      rules: [{ field: "tag", operator: "in", value: ["vip"] }],
    },
    variables: {
      body: {
        1: { source: "field", field: "name", fallback: "there" },
        2: { source: "field", field: "attributes.City", fallback: "your city" },
      },
      buttons: { 0: { 1: { source: "text", value: "summer" } } },
    },
  });
  return id;
}

async function schedule(demo: Session, id: string): Promise<void> {
  const at = new Date(Date.now() + 7 * 86_400_000).toISOString();
  await demo.call("POST", `/v1/broadcasts/${id}/schedule`, { scheduledAt: at });
}
