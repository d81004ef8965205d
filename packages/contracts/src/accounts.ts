import { z } from "zod";
import { auditAction } from "./audit-actions.ts";
import { storedCode } from "./narrow-to.ts";
import { pageOf, pageQuery } from "./pagination.ts";
import { right, role } from "./roles.ts";
import { bigintId, longText, nullableTimestamp, timestamp, uuid } from "./scalars.ts";

const scope = z.enum(["read", "write"]);

export const createApiKeyBody = z
  .strictObject({
    name: longText(100),
    scopes: z
      .array(scope)
      .min(1)
      .max(2)
      .refine((scopes) => new Set(scopes).size === scopes.length, "must not repeat")
      .describe("read: GET; write: all else"),
  })
  .meta({ examples: [{ name: "Shop", scopes: ["read", "write"] }] });
export type CreateApiKeyInput = z.output<typeof createApiKeyBody>;

export const apiKeyView = z.object({
  id: uuid,
  name: z.string(),
  prefix: z.string().describe("the part of the key that may be shown"),
  scopes: z.array(scope),
  createdBy: z.string().nullable().describe("a person's name"),
  lastUsedAt: nullableTimestamp.describe("to the minute"),
  createdAt: timestamp,
});
export type ApiKeyView = z.output<typeof apiKeyView>;
export const apiKeyPage = pageOf(apiKeyView);

export const createdApiKey = apiKeyView.extend({
  apiKey: z.string().nullable().describe("shown this once; null where a request is repeated"),
});
export type CreatedApiKey = z.output<typeof createdApiKey>;

const word = z.string().regex(/^[\w.]{1,60}$/);
const moment = z.iso.datetime({ offset: true });

export const listAuditLogQuery = pageQuery.extend({
  action: word.optional(),
  actorUserId: uuid.optional(),
  actorApiKeyId: uuid.optional(),
  targetType: word.optional(),
  targetId: z
    .string()
    .regex(/^[\w-]{1,60}$/)
    .optional(),
  from: moment.optional(),
  to: moment.optional().describe("exclusive"),
});
export type ListAuditLogInput = z.output<typeof listAuditLogQuery>;

export const auditEntryView = z.object({
  id: bigintId,
  action: storedCode(auditAction),
  targetType: z.string(),
  targetId: z.string(),
  details: z.record(z.string(), z.unknown()),
  actor: z.object({
    kind: z.enum(["user", "api_key", "system"]),
    id: z.string().nullable(),
    name: z.string().nullable(),
  }),
  ipAddress: z.string().nullable(),
  createdAt: timestamp,
});
export type AuditEntryView = z.output<typeof auditEntryView>;
export const auditLogPage = pageOf(auditEntryView);

const organization = z.object({ id: uuid, name: z.string() });

/** The authenticated caller. */
export const me = z.object({
  user: z.object({ id: uuid, name: z.string(), email: z.string() }).nullable(),
  apiKey: z.object({ id: uuid, name: z.string(), scopes: z.array(scope) }).nullable(),
  organization: organization.nullable().describe("the one that requests are for"),
  role: role.nullable().describe("in that organization"),
  rights: z.array(right),
  organizations: z.array(organization.extend({ role })).describe("all that the user is in"),
});
export type Me = z.output<typeof me>;

export const memberView = z.object({
  id: uuid,
  userId: uuid,
  name: z.string(),
  email: z.string(),
  role,
  createdAt: timestamp,
});
export type MemberView = z.output<typeof memberView>;
export const memberPage = pageOf(memberView);
