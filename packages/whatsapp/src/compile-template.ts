import { bindVariables, type NeededField } from "./bind-variables.ts";
import { jsonSegments } from "./json-segments.ts";
import { messageComponents } from "./message-components.ts";
import { quoteJson, sanitiseText } from "./sanitise-value.ts";
import type { SendableTemplate } from "./template-slots.ts";
import type { TemplateVariables } from "./template-variables.ts";

export interface RenderInput {
  /** E.164; a missing + is added, without it Meta may take the number for one of the sender's country. */
  to: string;
  /** The recipient's values in the order of `fields`, fallbacks applied. */
  values: readonly (string | null)[];
  /** Echoed in every status webhook of the message; 512 characters at most. */
  callbackData: string;
}

export interface CompiledTemplate {
  /** The contact fields a message needs, each pair of field and fallback once, in a fixed order. */
  readonly fields: readonly NeededField[];
  /** The JSON body of POST /messages. Values are sanitised; a null one becomes an empty text. */
  render(input: RenderInput): string;
}

/**
 * Compiles a broadcast's template and variables into text segments, once; a message is then only
 * concatenation. Throws `TemplateVariablesError` naming every problem.
 */
export function compileTemplate(
  template: SendableTemplate,
  variables: TemplateVariables,
): CompiledTemplate {
  const { fields, bound } = bindVariables(template, variables);
  const components = messageComponents(bound);
  const { segments, holes } = jsonSegments({
    name: template.name,
    language: { code: template.language },
    ...(components.length > 0 && { components }),
  });
  const [first = "", ...rest] = segments;
  const filled = holes.map(({ index, sanitise }, at) => ({
    index,
    sanitise,
    after: rest[at] ?? "",
  }));

  return {
    fields,
    render({ to, values, callbackData }) {
      let json = `{"messaging_product":"whatsapp","recipient_type":"individual","to":${quoteJson(to.startsWith("+") ? to : `+${to}`)},"type":"template","template":${first}`;
      for (const { index, sanitise, after } of filled) {
        json += quoteJson(sanitise(values[index] ?? "")) + after;
      }
      return `${json},"biz_opaque_callback_data":${quoteJson(callbackData)}}`;
    },
  };
}

/**
 * The indexes of `fields` for which the recipient has no value: Meta refuses empty parameters, so
 * such a recipient must be skipped.
 */
export function missingFields(
  compiled: Pick<CompiledTemplate, "fields">,
  values: readonly (string | null)[],
): number[] {
  return compiled.fields.flatMap((_field, index) => {
    const value = values[index] ?? "";
    return value === "" || sanitiseText(value) === "" ? [index] : [];
  });
}
