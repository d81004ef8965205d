import { checkTemplate, type TemplateDraft } from "@loudhailer/whatsapp/check-template.ts";
import type { DomainError } from "../domain-error.ts";
import { invalidFields } from "../invalid-field.ts";
import { finalFailureOfWrite, refusalSentence, refusedByMeta } from "../meta-refusal.ts";

const howToCheck = "Sync the templates to see, before you try again.";

/**
 * Checks a template by Meta's rules.
 * @throws DomainError `invalid_input` naming every part that the rules forbid
 */
export function refuseWrongTemplate(draft: TemplateDraft): void {
  const fields = checkTemplate(draft);
  if (fields.length > 0) throw invalidFields("Meta would refuse this.", fields);
}

/**
 * Returns a `refused_by_meta` error for a call that changes a template at Meta. Rethrows errors
 * that don't come from Graph.
 * @throws DomainError `meta_unavailable` if Meta never responded or asked to wait
 */
export function templateRefusal(error: unknown): DomainError {
  const failure = finalFailureOfWrite(error, howToCheck);
  return refusedByMeta(refusalSentence("the template", failure), failure);
}
