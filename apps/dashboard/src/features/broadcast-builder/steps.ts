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

/** How far a draft has come: the first step that still lacks something. */
export function firstOpenStep({ providerId, segmentCriteria, templateId }: Draft): Step {
  if (providerId === null) return "setup";
  if (segmentCriteria === null) return "audience";
  return templateId === null ? "content" : "review";
}

/** Whether a step can be gone to: those before it have what they need. */
export function isReachable(step: Step, draft: Draft | null): boolean {
  const index = (of: Step) => steps.findIndex((known) => known.step === of);
  return index(step) <= (draft === null ? 0 : index(firstOpenStep(draft)));
}

/** Where in the builder a complaint about a broadcast's field is mended. */
export function stepOfProblem(path: string): Step {
  if (path.startsWith("segmentCriteria")) return "audience";
  if (path.startsWith("templateId") || path.startsWith("variables")) return "content";
  return "setup";
}
