import type { TemplateDefinition } from "../template/template.ts";
import { body, defineTemplate } from "./define-template.ts";

const unsendable = (
  name: string,
  text: string,
  rest: Partial<TemplateDefinition>,
): TemplateDefinition => defineTemplate(name, [body(text, "Pablo")], rest);

/** Templates that can't be sent: one each PAUSED, REJECTED, PENDING, and DISABLED. */
export const unsendableTemplates: readonly TemplateDefinition[] = [
  unsendable("winter_clearance", "Last days of the winter clearance, {{1}}. Come by!", {
    status: "PAUSED",
    quality_score: "RED",
  }),
  unsendable("prize_draw", "You have won, {{1}}. Claim your prize now!", {
    status: "REJECTED",
    rejected_reason: "PROMOTIONAL",
  }),
  unsendable("autumn_preview", "A first look at autumn, {{1}}. Have a cup of tea.", {
    status: "PENDING",
  }),
  unsendable("old_newsletter", "The newsletter of last year, {{1}}. Enjoy reading!", {
    status: "DISABLED",
    quality_score: "RED",
  }),
];
