import { api, getMe, read } from "@/api/server.ts";
import { checklist } from "@/features/home/checklist.ts";
import { FirstSteps } from "@/features/home/first-steps.tsx";
import { Month } from "@/features/home/month.tsx";
import { NumberHealth } from "@/features/home/number-health.tsx";
import { RunningNow } from "@/features/home/running-now.tsx";
import { Upcoming } from "@/features/home/upcoming.tsx";
import { getFormat } from "@/theme/read-locale.ts";
import { LinkButton } from "@/ui/link-button.tsx";
import { PageHeader } from "@/ui/page-header.tsx";
import { Grid, GridCol, Stack } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import type { Metadata } from "next";

export const metadata: Metadata = { title: "Home" };

export default async function HomePage() {
  const [me, format, client] = await Promise.all([getMe(), getFormat(), api()]);
  const broadcasts = (status: "preparing" | "sending" | "paused" | "scheduled") =>
    read(client.GET("/v1/broadcasts", { params: { query: { status, limit: 10 } } }));
  const one = { params: { query: { limit: 1 } } };
  const [numbers, templates, contacts, launched, overview, preparing, sending, paused, scheduled] =
    await Promise.all([
      read(client.GET("/v1/whatsapp-providers")),
      read(client.GET("/v1/templates", one)),
      read(client.GET("/v1/contacts", one)),
      read(client.GET("/v1/broadcasts", { params: { query: { limit: 20 } } })),
      read(client.GET("/v1/overview", { params: { query: { timeZone: format.timeZone } } })),
      broadcasts("preparing"),
      broadcasts("sending"),
      broadcasts("paused"),
      broadcasts("scheduled"),
    ]);
  const steps = checklist({
    number: numbers.items.length > 0,
    template: templates.items.length > 0,
    contact: contacts.items.length > 0,
    broadcast: launched.items.some(({ launchedAt }) => launchedAt !== null),
  });
  const mayDo = me.rights.includes("write");
  return (
    <>
      <PageHeader
        title="Home"
        actions={
          mayDo &&
          numbers.items.length > 0 && (
            <LinkButton href="/broadcasts/new" leftSection={<IconPlus size={16} aria-hidden />}>
              New broadcast
            </LinkButton>
          )
        }
      />
      <Grid gap="md">
        {steps && (
          <GridCol span={12}>
            <FirstSteps items={steps} rights={me.rights} />
          </GridCol>
        )}
        <GridCol span={{ base: 12, md: 8 }}>
          <Stack>
            <RunningNow first={[...preparing.items, ...sending.items, ...paused.items]} />
            <Month overview={overview} />
          </Stack>
        </GridCol>
        <GridCol span={{ base: 12, md: 4 }}>
          <Stack>
            <NumberHealth numbers={numbers.items} format={format} />
            <Upcoming broadcasts={scheduled.items} />
          </Stack>
        </GridCol>
      </Grid>
    </>
  );
}
