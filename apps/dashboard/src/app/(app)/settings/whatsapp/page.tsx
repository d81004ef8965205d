import { api, getMe, read } from "@/api/server.ts";
import { NumberCard } from "@/features/settings/whatsapp/number-card.tsx";
import { EmptyState } from "@/ui/empty-state.tsx";
import { LinkButton } from "@/ui/link-button.tsx";
import { PageHeader } from "@/ui/page-header.tsx";
import { Stack } from "@mantine/core";
import { IconBrandWhatsapp, IconPlus } from "@tabler/icons-react";
import type { Metadata } from "next";

export const metadata: Metadata = { title: "WhatsApp connection" };

export default async function WhatsappPage() {
  const [me, { items }] = await Promise.all([
    getMe(),
    read((await api()).GET("/v1/whatsapp-providers")),
  ]);
  const connect = me.rights.includes("manage") && (
    <LinkButton href="/settings/whatsapp/new" leftSection={<IconPlus size={16} aria-hidden />}>
      Connect a number
    </LinkButton>
  );
  return (
    <>
      <PageHeader
        title="WhatsApp connection"
        description="The numbers that your organization sends from, on Meta's official Cloud API."
        actions={items.length > 0 && connect}
      />
      {items.length === 0 ? (
        <EmptyState
          icon={<IconBrandWhatsapp />}
          title="No number is connected yet"
          action={connect}
        >
          {connect
            ? "You need an access token, the number's ID and your account's ID from Meta. The form says where to find each."
            : "Ask an owner or admin of your organization to connect one."}
        </EmptyState>
      ) : (
        <Stack>
          {items.map((number) => (
            <NumberCard key={number.id} number={number} />
          ))}
        </Stack>
      )}
    </>
  );
}
