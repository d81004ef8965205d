import type { Broadcast } from "../../api/types.ts";

export const steps = [
  { step: "setup", label: "Setup", description: "Name, number, time" },
  { step: "audience", label: "Audience", description: "Who gets it" },
  { step: "content", label: "Content", description: "Template and values" },
  { step: "review", label: "Review & send", description: "Check, test, send" },
] as const;

export type Step = (typeof steps)[number]["step"];

export function isStep(text: string): text is Step {
  return steps.some(({ step }) => step === text);
}

type Draft = Pick<Broadcast, "providerId" | "segmentCriteria" | "templateId">;

/** Returns the first step that still lacks something; the review if none does. */
export function firstOpenStep({ providerId, segmentCriteria, templateId }: Draft): Step {
  if (providerId === null) return "setup";
  if (segmentCriteria === null) return "audience";
  return templateId === null ? "content" : "review";
}

/** Returns whether a step can be opened: all steps before it are complete. */
export function isReachable(step: Step, draft: Draft | null): boolean {
  const index = (of: Step) => steps.findIndex((known) => known.step === of);
  return index(step) <= (draft === null ? 0 : index(firstOpenStep(draft)));
}

/** Returns the step in which a problem with a broadcast's field can be fixed. */
export function stepOfProblem(path: string): Step {
  if (path.startsWith("segmentCriteria")) return "audience";
  if (path.startsWith("templateId") || path.startsWith("variables")) return "content";
  return "setup";
}
