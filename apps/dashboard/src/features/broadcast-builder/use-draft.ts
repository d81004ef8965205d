"use client";
import { browserApi, send } from "@/api/browser.ts";
import type { PatchBody } from "@/api/types.ts";
import { useAction } from "@/api/use-action.ts";
import type { SegmentGroup } from "@/rule-builder/segment-rules.ts";
import { useUnsavedWarning } from "@/ui/use-unsaved-warning.ts";
import { useRouter } from "next/navigation";
import type { Step } from "./steps.ts";

type DraftChanges = Omit<PatchBody<"/v1/broadcasts/{id}">, "segmentCriteria"> & {
  segmentCriteria?: SegmentGroup;
};

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
  function onGo(step: Step): void {
    const open = () => router.push(`/broadcasts/${broadcastId}/edit/${step}`);
    if (!isChanged) return open();
    const request = {
      params: { path: { id: broadcastId } },
      body: { draft: true as const, ...changes },
    };
    void run(() => send(browserApi.PATCH("/v1/broadcasts/{id}", request)), {
      quiet: true,
      onDone: open,
    });
  }
  return { onGo, isSaving: isPending, error };
}
