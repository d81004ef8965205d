"use client";
import { browserApi, send } from "@/api/browser.ts";
import type { Broadcast } from "@/api/types.ts";
import { useAction } from "@/api/use-action.ts";
import { Button, Menu } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { RetryDialog, type Retry } from "./retry-dialog.tsx";

/**
 * Offers the follow-ups of a broadcast: retries, a new broadcast to recipients who didn't read,
 * reply or receive it, and a copy.
 */
export function FollowUpMenu({
  broadcast,
  onChanged,
}: {
  broadcast: Broadcast;
  onChanged(broadcast: Broadcast): void;
}) {
  const router = useRouter();
  const [asked, setAsked] = useState<Retry | null>(null);
  const { run, isPending } = useAction();
  const { id, status, retrying, failedSends, unknownCount, successfulSends } = broadcast;
  const params = { path: { id } };
  const mayRetry =
    retrying === null &&
    (status === "completed" || status === "failed" || status === "sending" || status === "paused");
  const copy = (work: () => Promise<Broadcast>) =>
    void run(work, {
      refresh: false,
      done: "A draft is made of it",
      onDone: (made) => router.push(`/broadcasts/${made.id}/edit/setup`),
    });
  const retarget = (who: "not_delivered" | "not_read" | "not_replied") => () =>
    copy(() => send(browserApi.POST("/v1/broadcasts/{id}/retarget", { params, body: { who } })));
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button
            variant="default"
            loading={isPending}
            rightSection={<IconChevronDown size={16} aria-hidden />}
          >
            Follow up
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {mayRetry && failedSends > 0 && (
            <Menu.Item onClick={() => setAsked("retry-failed")}>Retry those who failed …</Menu.Item>
          )}
          {mayRetry && unknownCount > 0 && (
            <Menu.Item onClick={() => setAsked("resend-unknown")}>
              Send again to the unconfirmed …
            </Menu.Item>
          )}
          {successfulSends > 0 && (
            <>
              <Menu.Label>New broadcast to those who</Menu.Label>
              <Menu.Item onClick={retarget("not_read")}>didn&apos;t read it</Menu.Item>
              <Menu.Item onClick={retarget("not_replied")}>didn&apos;t reply</Menu.Item>
              <Menu.Item onClick={retarget("not_delivered")}>didn&apos;t receive it</Menu.Item>
              <Menu.Divider />
            </>
          )}
          <Menu.Item
            onClick={() =>
              copy(() => send(browserApi.POST("/v1/broadcasts/{id}/duplicate", { params })))
            }
          >
            Duplicate
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {asked && (
        <RetryDialog
          broadcast={broadcast}
          retry={asked}
          onClose={() => setAsked(null)}
          onChanged={onChanged}
        />
      )}
    </>
  );
}
