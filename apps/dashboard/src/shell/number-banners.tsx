"use client";
import type { Provider } from "@/api/types.ts";
import { LinkButton } from "@/ui/link-button.tsx";
import { Notice } from "@/ui/notice.tsx";
import { numberTitle } from "@/ui/number-title.ts";
import { Group, Text } from "@mantine/core";
import { IconPlugConnectedX } from "@tabler/icons-react";
import { useMay } from "./rights.tsx";

/**
 * Shows on every page which numbers can't send, why, and how to fix it. Not those that moved to
 * another organization: they can't be fixed here.
 */
export function NumberBanners({ providers }: { providers: Provider[] }) {
  const mayManage = useMay("manage");
  return providers
    .filter(({ status, movedAt }) => status !== "connected" && movedAt === null)
    .map(({ id, status, statusMessage, ...number }) => (
      <Notice
        key={id}
        color={status === "disconnected" ? "red" : "yellow"}
        mb="md"
        icon={<IconPlugConnectedX size={20} aria-hidden />}
        title={`${numberTitle(number)} can't send`}
        role="status"
      >
        <Group justify="space-between" gap="sm">
          <Text size="sm" style={{ flex: "1 1 240px" }}>
            {statusMessage ?? "Meta doesn't let this number send at the moment."}
            {!mayManage && " Ask an owner or admin of your organization to mend it."}
          </Text>
          {mayManage && (
            <LinkButton href={`/settings/whatsapp/${id}`} size="xs" variant="default">
              {status === "disconnected" ? "Enter a new access token" : "See what to do"}
            </LinkButton>
          )}
        </Group>
      </Notice>
    ));
}
