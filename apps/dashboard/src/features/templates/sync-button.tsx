"use client";
import { browserApi, send } from "@/api/browser.ts";
import { useAction } from "@/api/use-action.ts";
import { notify } from "@/ui/notify.ts";
import { Button } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";

/** Syncs all templates from Meta and reports the changes. */
export function SyncButton() {
  const { run, isPending } = useAction();
  async function sync(): Promise<void> {
    const result = await run(() => send(browserApi.POST("/v1/templates/sync", { body: {} })));
    if (result === null) return;
    const { created, updated, removed, unchanged } = result;
    const changes = [
      [created, "new"],
      [updated, "changed"],
      [removed, "gone at Meta"],
      [unchanged, "as before"],
    ] as const;
    const parts = changes.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
    notify({
      title: "Templates are in line with Meta's",
      message: parts.length === 0 ? "Your account at Meta has no templates yet." : parts.join(", "),
      color: "brand",
    });
  }
  return (
    <Button
      variant="default"
      leftSection={<IconRefresh size={16} aria-hidden />}
      loading={isPending}
      onClick={() => void sync()}
    >
      Sync from Meta
    </Button>
  );
}
