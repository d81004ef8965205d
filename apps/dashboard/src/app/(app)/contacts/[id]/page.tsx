import { api, getMe, read } from "@/api/server.ts";
import { ConsentActions } from "@/features/contacts/consent-actions.tsx";
import { ContactFacts } from "@/features/contacts/contact-facts.tsx";
import { ContactHistory } from "@/features/contacts/contact-history.tsx";
import { DeleteContact } from "@/features/contacts/delete-contact.tsx";
import { EditContact } from "@/features/contacts/edit-contact.tsx";
import { DateTime } from "@/theme/date-time.tsx";
import { Card } from "@/ui/card.tsx";
import { PageHeader } from "@/ui/page-header.tsx";
import { Badge, Grid, GridCol, Stack, Text } from "@mantine/core";
import type { Metadata } from "next";
import { cache } from "react";

interface Props {
  params: Promise<{ id: string }>;
}

const readContact = cache(async (id: string) =>
  read((await api()).GET("/v1/contacts/{id}", { params: { path: { id } } })),
);

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { name, phone } = await readContact((await params).id);
  return { title: name ?? phone ?? "Contact" };
}

export default async function ContactPage({ params }: Props) {
  const { id } = await params;
  const client = await api();
  const largestPage = { params: { query: { limit: 200 } } };
  const [me, contact, messages, tags, attributes] = await Promise.all([
    getMe(),
    readContact(id),
    read(client.GET("/v1/contacts/{id}/messages", { params: { path: { id } } })),
    read(client.GET("/v1/tags", largestPage)),
    read(client.GET("/v1/attributes", largestPage)),
  ]);
  const title = contact.name ?? contact.phone ?? "Without a name";
  const mayChange = me.rights.includes("write");
  return (
    <>
      <PageHeader
        title={title}
        back={{ href: "/contacts", label: "Contacts" }}
        badge={
          !contact.optedIn && (
            <Badge color="orange" variant="light" tt="none">
              Opted out
            </Badge>
          )
        }
        description={
          <>
            Added <DateTime value={contact.createdAt} only="date" />
            {contact.lastInboundAt !== null && (
              <>
                , last wrote to you <DateTime value={contact.lastInboundAt} />
              </>
            )}
          </>
        }
        actions={
          mayChange && (
            <>
              <ConsentActions id={id} optedIn={contact.optedIn} />
              <DeleteContact id={id} title={title} />
            </>
          )
        }
      />
      <Grid gap="lg">
        <GridCol span={{ base: 12, md: 6 }}>
          <Card title="About them">
            {mayChange ? (
              <EditContact
                contact={contact}
                tags={tags.items.map(({ tag }) => tag)}
                attributes={attributes.items.map(({ key }) => key)}
              />
            ) : (
              <ContactFacts contact={contact} />
            )}
          </Card>
        </GridCol>
        <GridCol span={{ base: 12, md: 6 }}>
          <Stack>
            <ContactHistory consents={contact.consents} messages={messages.items} />
            {!contact.optedIn && (
              <Text size="sm" c="dimmed">
                Broadcasts leave this person out.
              </Text>
            )}
          </Stack>
        </GridCol>
      </Grid>
    </>
  );
}
