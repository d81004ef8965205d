import { bindVariables } from "./bind-variables.ts";
import { jsonSegments } from "./json-segments.ts";
import { messageComponents } from "./message-components.ts";
import { quoteJson } from "./sanitize-value.ts";
import type { SendableTemplate } from "./template-slots.ts";
import type { NeededField, TemplateVariables } from "./template-variables.ts";

export interface RenderInput {
  /** E.164. A missing + is added: without it, Meta may assume the sender's country. */
  to: string;
  /** The recipient's values in the order of `fields`, with fallbacks applied. */
  values: readonly (string | null)[];
  /** Text that every status webhook of the message echoes; at most 512 characters. */
  callbackData: string;
}

export interface CompiledTemplate {
  /**
   * Contact fields of a recipient's values: each pair of field and fallback once, in a fixed order.
   * They are `frozenFields` if the template has them, also those that this version doesn't use.
   */
  readonly fields: readonly NeededField[];
  /** Returns the JSON body of POST /messages. Sanitizes values; null becomes an empty text. */
  render(input: RenderInput): string;
}

/**
 * Compiles a broadcast's template and variables into text segments once, so that rendering a
 * message is only concatenation.
 * @throws TemplateVariablesError with every problem, if the variables don't fit the template
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
  const filled = holes.map(({ index, sanitize }, at) => ({
    index,
    sanitize,
    after: rest[at] ?? "",
  }));

  return {
    fields,
    render({ to, values, callbackData }) {
      let json = `{"messaging_product":"whatsapp","recipient_type":"individual","to":${quoteJson(to.startsWith("+") ? to : `+${to}`)},"type":"template","template":${first}`;
      for (const { index, sanitize, after } of filled) {
        json += quoteJson(sanitize(values[index] ?? "")) + after;
      }
      return `${json},"biz_opaque_callback_data":${quoteJson(callbackData)}}`;
    },
  };
}
