"use client";
import { browserApi, send } from "@/api/browser.ts";
import type { Broadcast, TemplateVariables } from "@/api/types.ts";
import { useAction } from "@/api/use-action.ts";
import type { SegmentGroup } from "@/rule-builder/segment-rules.ts";
import { useUnsavedWarning } from "@/ui/use-unsaved-warning.ts";
import { useRouter } from "next/navigation";
import type { Step } from "./steps.ts";

export interface DraftChanges {
  name?: string;
  providerId?: string | null;
  templateId?: string | null;
  segmentCriteria?: SegmentGroup;
  variables?: TemplateVariables;
  marketingCap?: "fail" | "retry_after_24h";
}

/**
 * Saves a step's changes before another step opens. Asks before the page is left in another way
 * with unsaved changes.
 */
export function useDraft(
  broadcastId: string,
  changes: DraftChanges,
  isChanged: boolean,
  isTouched = isChanged,
) {
  const router = useRouter();
  const { run, isPending, error } = useAction();
  useUnsavedWarning(isTouched);
  async function save(): Promise<Broadcast | null> {
    return run(
      () =>
        send(
          browserApi.PATCH("/v1/broadcasts/{id}", {
            params: { path: { id: broadcastId } },
            body: { draft: true, ...changes },
          }),
        ),
      { quiet: true },
    );
  }
  async function goTo(step: Step): Promise<void> {
    if (isChanged && (await save()) === null) return;
    router.push(`/broadcasts/${broadcastId}/edit/${step}`);
  }
  return { goTo, save, isSaving: isPending, error };
}
