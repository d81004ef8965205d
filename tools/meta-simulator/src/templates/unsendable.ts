import type { TemplateDefinition } from "../template/template.ts";

const unsendable = (
  name: string,
  status: TemplateDefinition["status"],
  text: string,
  rest: Partial<TemplateDefinition> = {},
): TemplateDefinition => ({
  name,
  language: "en_US",
  category: "MARKETING",
  status,
  parameter_format: "POSITIONAL",
  components: [{ type: "BODY", text, example: { body_text: [["Pablo"]] } }],
  ...rest,
});

/** Templates that can't be sent: one each PAUSED, REJECTED, PENDING, and DISABLED. */
export const unsendableTemplates: readonly TemplateDefinition[] = [
  unsendable("winter_clearance", "PAUSED", "Last days of the winter clearance, {{1}}. Come by!", {
    quality_score: "RED",
  }),
  unsendable("prize_draw", "REJECTED", "You have won, {{1}}. Claim your prize now!", {
    rejected_reason: "PROMOTIONAL",
  }),
  unsendable("autumn_preview", "PENDING", "A first look at autumn, {{1}}. Have a cup of tea."),
  unsendable("old_newsletter", "DISABLED", "The newsletter of last year, {{1}}. Enjoy reading!", {
    quality_score: "RED",
  }),
];
