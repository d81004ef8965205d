import { checkTemplate, type TemplateDraft } from "@loudhailer/whatsapp/check-template.ts";
import { DomainError } from "../domain-error.ts";
import { finalFailureOfWrite, refusalSentence, refusedByMeta } from "../meta-refusal.ts";

const lookFirst = "Sync the templates to see, before you try again.";

/** Throws `invalid_input` naming every part that Meta's rules forbid. */
export function refuseWrongTemplate(draft: TemplateDraft): void {
  const fields = checkTemplate(draft);
  if (fields.length === 0) return;
  const faults = fields.map(({ path, message }) => `${path}: ${message}`);
  throw new DomainError("invalid_input", `Meta would refuse this. ${faults.join("; ")}`, {
    fields,
  });
}

/** What a call that changes a template at Meta threw: `refused_by_meta` or `meta_unavailable`. */
export function templateRefusal(error: unknown): DomainError {
  const failure = finalFailureOfWrite(error, lookFirst);
  return refusedByMeta(refusalSentence("the template", failure), failure);
}
