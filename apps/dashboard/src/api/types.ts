import type { components, paths } from "./generated/schema.ts";

type Schemas = components["schemas"];

export type AuditAction = Schemas["AuditAction"];
export type Broadcast = Schemas["Broadcast"];
export type Contact = Schemas["Contact"];
export type ContactImport = Schemas["ContactImport"];
export type Failure = Schemas["Failure"];
export type Provider = Schemas["Provider"];
export type ProviderCheck = Schemas["ProviderCheck"];
export type Recipient = Schemas["Recipient"];
export type SegmentCriteria = Schemas["SegmentCriteria"];
export type Template = Schemas["Template"];
export type TemplateSlot = Schemas["TemplateSlot"];
export type TemplateVariables = Schemas["TemplateVariables"];
export type VariableValue = Schemas["VariableValue"];
export type AudiencePreview = Schemas["AudiencePreview"];

/** Body of the path's response to GET. */
export type Answer<P extends keyof paths> = paths[P] extends {
  get: { responses: { 200: { content: { "application/json": infer Body } } } };
}
  ? Body
  : never;

/** Body of the path's response to POST. */
export type PostAnswer<P extends keyof paths> = paths[P] extends {
  post: { responses: { 200: { content: { "application/json": infer Body } } } };
}
  ? Body
  : never;

/** Body of the path's request to POST. */
export type PostBody<P extends keyof paths> = paths[P] extends {
  post: { requestBody: { content: { "application/json": infer Body } } };
}
  ? Body
  : never;

/** Body of the path's request to PATCH. */
export type PatchBody<P extends keyof paths> = paths[P] extends {
  patch: { requestBody: { content: { "application/json": infer Body } } };
}
  ? Body
  : never;

/** What a request of a typed client resolves to. */
export interface Outcome<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

export type Me = Answer<"/v1/me">;
export type ContactDetails = Answer<"/v1/contacts/{id}">;
export type ProviderDetail = Answer<"/v1/whatsapp-providers/{id}">;
export type Overview = Answer<"/v1/overview">;
export type Segment = Answer<"/v1/segments">["items"][number];
export type Preflight = PostAnswer<"/v1/broadcasts/{id}/preflight">;
type TemplatePreview = PostAnswer<"/v1/templates/{id}/preview">;
export type MessagePreview = TemplatePreview["preview"];
