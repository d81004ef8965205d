import { auditAction } from "@loudhailer/contracts/audit-actions.ts";
import { broadcastView, failureView, recipientView } from "@loudhailer/contracts/broadcasts.ts";
import { contactImport } from "@loudhailer/contracts/contact-imports.ts";
import { audiencePreview, contact } from "@loudhailer/contracts/contacts.ts";
import { errorBody } from "@loudhailer/contracts/error-codes.ts";
import { providerCheck, providerView } from "@loudhailer/contracts/providers.ts";
import { segmentCriteria } from "@loudhailer/contracts/segment-criteria.ts";
import { templateVariables, variableValue } from "@loudhailer/contracts/template-variables.ts";
import { templateSlot, templateSyncResult, templateView } from "@loudhailer/contracts/templates.ts";
import { z, type ZodType } from "zod";

const named: Record<string, ZodType> = {
  AudiencePreview: audiencePreview,
  AuditAction: auditAction,
  Broadcast: broadcastView,
  Contact: contact,
  ContactImport: contactImport,
  Error: errorBody,
  Failure: failureView,
  Provider: providerView,
  ProviderCheck: providerCheck,
  Recipient: recipientView,
  SegmentCriteria: segmentCriteria,
  Template: templateView,
  TemplateSlot: templateSlot,
  TemplateSyncResult: templateSyncResult,
  TemplateVariables: templateVariables,
  VariableValue: variableValue,
};

/** Registers the names of schemas in the OpenAPI document and in generated clients. */
export function nameSchemas(): void {
  for (const [id, schema] of Object.entries(named)) {
    if (z.globalRegistry.get(schema)?.id === undefined) z.globalRegistry.add(schema, { id });
  }
}
