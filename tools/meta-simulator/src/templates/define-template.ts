import type {
  TemplateButton,
  TemplateComponent,
  TemplateDefinition,
} from "../template/template.ts";

/**
 * Returns an approved marketing template in US English with positional variables. `rest` overrides
 * these.
 */
export function defineTemplate(
  name: string,
  components: readonly TemplateComponent[],
  rest: Partial<TemplateDefinition> = {},
): TemplateDefinition {
  return {
    name,
    language: "en_US",
    category: "MARKETING",
    status: "APPROVED",
    parameter_format: "POSITIONAL",
    components,
    ...rest,
  };
}

/** Returns a media header. Its example is a URL that expires, as Graph returns it. */
export function mediaHeader(format: string, file: string): TemplateComponent {
  const url = `https://scontent.whatsapp.net/v/t61.29466-34/${file}?ccb=1-7`;
  return { type: "HEADER", format, example: { header_handle: [url] } };
}

/** Returns a body with an example of each positional variable. */
export function body(text: string, ...examples: string[]): TemplateComponent {
  return { type: "BODY", text, example: { body_text: [examples] } };
}

/** Returns a body with an example of each named variable. */
export function namedBody(text: string, examples: Record<string, string>): TemplateComponent {
  const named = Object.entries(examples).map(([name, example]) => ({ param_name: name, example }));
  return { type: "BODY", text, example: { body_text_named_params: named } };
}

export function buttons(...list: TemplateButton[]): TemplateComponent {
  return { type: "BUTTONS", buttons: list };
}

export function quickReply(text: string): TemplateButton {
  return { type: "QUICK_REPLY", text };
}

export function copyCode(example: string): TemplateButton {
  return { type: "COPY_CODE", text: "Copy offer code", example: [example] };
}

/** Returns a URL button with an example of the URL's variable. */
export function urlButton(text: string, url: string, example: string): TemplateButton {
  return { type: "URL", text, url, example: [url.replace("{{1}}", example)] };
}
