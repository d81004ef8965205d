import { api, getMe, read } from "@/api/server.ts";
import { CheckNow } from "@/features/settings/whatsapp/check-now.tsx";
import { DisconnectNumber } from "@/features/settings/whatsapp/disconnect-number.tsx";
import { RateForm, SecretsForm } from "@/features/settings/whatsapp/number-forms.tsx";
import { NumberState } from "@/features/settings/whatsapp/number-state.tsx";
import { WebhookCard } from "@/features/settings/whatsapp/webhook-card.tsx";
import { getFormat } from "@/theme/read-locale.ts";
import { numberTitle } from "@/ui/number-title.ts";
import { PageHeader } from "@/ui/page-header.tsx";
import { StatusBadge } from "@/ui/status-badge.tsx";
import { Grid, GridCol, Stack } from "@mantine/core";
import type { Metadata } from "next";
import { cache } from "react";

interface Props {
  params: Promise<{ id: string }>;
}

const readNumber = cache(async (id: string) =>
  read((await api()).GET("/v1/whatsapp-providers/{id}", { params: { path: { id } } })),
);

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: numberTitle(await readNumber((await params).id)) };
}

export default async function NumberPage({ params }: Props) {
  const { id } = await params;
  const [me, format, number] = await Promise.all([getMe(), getFormat(), readNumber(id)]);
  const mayManage = me.rights.includes("manage");
  const mayChange = mayManage && number.movedAt === null;
  const title = numberTitle(number);
  return (
    <>
      <PageHeader
        title={title}
        back={{ href: "/settings/whatsapp", label: "WhatsApp connection" }}
        badge={<StatusBadge status={number.status} />}
        actions={mayManage && <DisconnectNumber id={id} title={title} />}
      />
      <Grid gap="md">
        <GridCol span={{ base: 12, md: 6 }}>
          <Stack>
            <NumberState number={number} format={format} />
            {mayChange && <CheckNow id={id} />}
          </Stack>
        </GridCol>
        {mayChange && (
          <GridCol span={{ base: 12, md: 6 }}>
            <Stack>
              <SecretsForm number={number} />
              <RateForm number={number} key={number.updatedAt} />
              <WebhookCard number={number} />
            </Stack>
          </GridCol>
        )}
      </Grid>
    </>
  );
}
