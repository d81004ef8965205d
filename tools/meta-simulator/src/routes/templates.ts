import { parameterFailure, templateFailure } from "../graph/graph-error.ts";
import { paginate } from "../graph/paginate.ts";
import { replyJson, type Reply } from "../graph/reply.ts";
import { selectFields, type GraphNode } from "../graph/select-fields.ts";
import type { Waba } from "../registry.ts";
import type { SimulatorState } from "../state.ts";
import type { Template } from "../template/template.ts";
import { createTemplate, editTemplate } from "./create-template.ts";
import type { GraphRequest } from "./request.ts";

const defaultFields = [
  "name",
  "parameter_format",
  "components",
  "language",
  "status",
  "category",
  "sub_category",
  "id",
];

const fieldNames = [
  ...defaultFields,
  "quality_score",
  "rejected_reason",
  "previous_category",
  "correct_category",
  "message_send_ttl_seconds",
  "library_template_name",
  "cta_url_link_tracking_opted_out",
  "degrees_of_freedom_spec",
];

/** Handles GET, POST, and DELETE /{waba_id}/message_templates. */
export function handleTemplates(state: SimulatorState, waba: Waba, request: GraphRequest): Reply {
  switch (request.method) {
    case "GET":
      return listTemplates(waba, request);
    case "DELETE":
      return deleteTemplates(waba, request);
    default:
      return createTemplate(state, waba, request);
  }
}

/** Handles GET and POST /{template_id}. */
export function handleTemplate(
  state: SimulatorState,
  waba: Waba,
  template: Template,
  request: GraphRequest,
): Reply {
  if (request.method === "POST") return editTemplate(state, waba, template, request);
  return replyJson(selectTemplateFields(request)(describeTemplate(template)));
}

function listTemplates(waba: Waba, request: GraphRequest): Reply {
  const select = selectTemplateFields(request);
  const query = request.url.searchParams;
  const matchesFilter = (parameter: string, value: string): boolean => {
    const asked = query.get(parameter);
    return asked === null || asked.toUpperCase() === value.toUpperCase();
  };
  const nodes = waba.templates
    .all()
    .filter(
      (template) =>
        matchesFilter("name", template.name) &&
        matchesFilter("status", template.status) &&
        matchesFilter("category", template.category) &&
        matchesFilter("language", template.language),
    )
    .map((template) => select(describeTemplate(template)));
  return replyJson(paginate(nodes, request.url, request.token));
}

function deleteTemplates(waba: Waba, request: GraphRequest): Reply {
  const name = request.url.searchParams.get("name");
  const id = request.url.searchParams.get("hsm_id");
  if (!name) throw parameterFailure("The parameter name is required.");
  const found = waba.templates.named(name).filter((template) => id === null || template.id === id);
  if (found.length === 0)
    throw templateFailure(
      2593002,
      "Message template not found",
      `A message template named ${name} was not found.`,
    );
  for (const template of found) waba.templates.remove(template);
  return replyJson({ success: true });
}

function selectTemplateFields(request: GraphRequest) {
  return selectFields(request, "WhatsAppMessageTemplate", fieldNames, defaultFields);
}

function describeTemplate(template: Template): GraphNode {
  return {
    ...template,
    quality_score: { score: template.quality_score ?? "UNKNOWN", date: 1_760_000_000 },
    rejected_reason: template.rejected_reason ?? "NONE",
  };
}
