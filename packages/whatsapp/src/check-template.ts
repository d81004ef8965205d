import { checkButtons } from "./check-template-buttons.ts";
import { checkTemplateText, type TextRules } from "./check-template-text.ts";
import { readTemplateComponents, type TemplateComponent } from "./template-components.ts";

export interface TemplateProblem {
  /** `components.1.text` */
  path: string;
  message: string;
}

export interface TemplateDraft {
  category: string;
  parameterFormat: "POSITIONAL" | "NAMED";
  components: readonly unknown[];
}

const once = ["HEADER", "BODY", "FOOTER", "BUTTONS", "CAROUSEL", "LIMITED_TIME_OFFER"];
const media = ["IMAGE", "VIDEO", "DOCUMENT", "GIF"];
const cardCounts = { min: 2, max: 10 };

/**
 * Returns all problems for which Meta would refuse a new template, each with its path. Covers
 * Meta's published rules (developers.facebook.com, message templates): lengths, variables,
 * examples, buttons, carousels, authentication. A component without a type is reported alone.
 */
export function checkTemplate(draft: TemplateDraft): TemplateProblem[] {
  const problems: TemplateProblem[] = [];
  const components = readTemplateComponents(draft.components);
  if (components.length !== draft.components.length) {
    problems.push({ path: "components", message: "each component needs a type" });
    return problems;
  }
  const types = components.map(({ type }) => type);
  for (const [index, type] of types.entries()) {
    if (!once.includes(type)) {
      problems.push({
        path: `components.${index}.type`,
        message: `must be one of ${once.join(", ")}`,
      });
    } else if (types.indexOf(type) !== index) {
      problems.push({ path: `components.${index}.type`, message: `there is a ${type} already` });
    }
  }
  if (!types.includes("BODY")) {
    problems.push({ path: "components", message: "a template needs a BODY" });
  }
  problems.push(...checkComponents(components, "components", draft));
  if (draft.category === "AUTHENTICATION") problems.push(...checkAuthentication(components));
  return problems;
}

function checkComponents(
  components: readonly TemplateComponent[],
  path: string,
  draft: TemplateDraft,
): TemplateProblem[] {
  return components.flatMap((component, index) => {
    const at = `${path}.${index}`;
    const { parameterFormat } = draft;
    const isAuthentication = draft.category === "AUTHENTICATION";
    const text = (rules: Omit<TextRules, "parameterFormat">) =>
      checkTemplateText(component, at, { ...rules, parameterFormat });
    switch (component.type) {
      case "HEADER":
        return checkHeader(component, at, draft);
      case "BODY":
        // Meta writes the body of an authentication template.
        return isAuthentication
          ? []
          : text({ lengthMax: 1_024, variablesMax: Infinity, part: "body" });
      case "FOOTER":
        return isAuthentication ? [] : text({ lengthMax: 60, variablesMax: 0, part: "footer" });
      case "BUTTONS":
        return checkButtons(component.buttons ?? [], `${at}.buttons`, isAuthentication);
      case "CAROUSEL":
        return checkCarousel(component, at, draft);
      case "LIMITED_TIME_OFFER":
        return (component.limited_time_offer?.text ?? "").length > 16
          ? [{ path: `${at}.limited_time_offer.text`, message: "at most 16 characters" }]
          : [];
      default:
        return [];
    }
  });
}

function checkHeader(
  component: TemplateComponent,
  at: string,
  { parameterFormat }: TemplateDraft,
): TemplateProblem[] {
  const format = component.format ?? "TEXT";
  if (format === "TEXT") {
    return checkTemplateText(component, at, {
      lengthMax: 60,
      variablesMax: 1,
      part: "header",
      parameterFormat,
    });
  }
  if (format === "LOCATION") return [];
  if (!media.includes(format)) {
    const formats = ["TEXT", "LOCATION", ...media].join(", ");
    return [{ path: `${at}.format`, message: `must be one of ${formats}` }];
  }
  const [handle] = component.example?.header_handle ?? [];
  if (typeof handle === "string" && handle !== "") return [];
  const message = "needs the handle of an example; upload one to /v1/template-media";
  return [{ path: `${at}.example.header_handle`, message }];
}

function checkCarousel(
  component: TemplateComponent,
  at: string,
  draft: TemplateDraft,
): TemplateProblem[] {
  const cards = component.cards ?? [];
  const problems: TemplateProblem[] = [];
  if (cards.length < cardCounts.min || cards.length > cardCounts.max) {
    const message = `a carousel has ${cardCounts.min} to ${cardCounts.max} cards`;
    problems.push({ path: `${at}.cards`, message });
  }
  const shapeOf = (card: (typeof cards)[number]) =>
    card.components
      .map(({ type, format, buttons }) =>
        [type, format, ...(buttons ?? []).map((b) => b.type)].join(),
      )
      .join(";");
  for (const [index, card] of cards.entries()) {
    const path = `${at}.cards.${index}`;
    if (
      !card.components.some(({ type, format }) => type === "HEADER" && media.includes(format ?? ""))
    ) {
      problems.push({ path, message: "each card needs a header with an image or a video" });
    }
    const [first] = cards;
    if (first && shapeOf(card) !== shapeOf(first)) {
      problems.push({ path, message: "all cards need the same components and buttons" });
    }
    problems.push(...checkComponents(card.components, `${path}.components`, draft));
  }
  return problems;
}

function checkAuthentication(components: readonly TemplateComponent[]): TemplateProblem[] {
  const allowed = ["BODY", "FOOTER", "BUTTONS"];
  const problems = components.flatMap(({ type }, index) =>
    allowed.includes(type)
      ? []
      : [
          {
            path: `components.${index}.type`,
            message: "an authentication template has no such part",
          },
        ],
  );
  const buttons = components.find(({ type }) => type === "BUTTONS")?.buttons ?? [];
  if (buttons.length !== 1 || buttons[0]?.type !== "OTP") {
    problems.push({
      path: "components",
      message: "an authentication template needs BUTTONS with one button of the type OTP",
    });
  }
  return problems;
}
