"use client";
import { browserApi, send } from "@/api/browser.ts";
import type { PostBody, SegmentCriteria } from "@/api/types.ts";
import { useAction } from "@/api/use-action.ts";
import { notify } from "@/ui/notify.ts";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";

export type ContactAction = PostBody<"/v1/contact-jobs">["action"];

const pollMs = 500;

/** Changes many contacts in a background job and follows the job until it ends. */
export function useContactJob(onDone: () => void) {
  const router = useRouter();
  const { run } = useAction();
  const [jobId, setJobId] = useState<string | null>(null);
  const [processed, setProcessed] = useState(0);
  useEffect(() => {
    if (jobId === null) return;
    let isCurrent = true;
    async function poll(id: string): Promise<void> {
      const job = await send(
        browserApi.GET("/v1/contact-jobs/{id}", { params: { path: { id } } }),
      ).catch(() => null);
      if (!isCurrent) return;
      if (job !== null) setProcessed(job.processedContacts);
      if (job === null || job.status === "working") {
        setTimeout(() => void poll(id), pollMs);
        return;
      }
      const isFailed = job.status === "failed";
      notify({
        message: isFailed
          ? `Not all contacts were changed. ${job.failureReason ?? "Try again."}`
          : `${job.processedContacts} contacts changed`,
        color: isFailed ? "red" : "brand",
      });
      setJobId(null);
      onDone();
      router.refresh();
    }
    void poll(jobId);
    return () => {
      isCurrent = false;
    };
    // oxlint-disable-next-line react/exhaustive-deps -- each job is followed once
  }, [jobId]);
  const start = (segmentCriteria: SegmentCriteria, action: ContactAction) =>
    run(() => send(browserApi.POST("/v1/contact-jobs", { body: { segmentCriteria, action } })), {
      refresh: false,
      onDone: ({ id }) => {
        setProcessed(0);
        setJobId(id);
      },
    });
  return { start, processed, isWorking: jobId !== null };
}
