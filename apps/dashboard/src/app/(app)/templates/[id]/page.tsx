import { api, getMe, read } from "@/api/server.ts";
import { DeleteTemplate } from "@/features/templates/delete-template.tsx";
import { TemplateFacts } from "@/features/templates/template-facts.tsx";
import { rejectionAdvice, statusAdvice } from "@/features/templates/words.ts";
import { MessagePreview } from "@/message-preview/message-preview.tsx";
import { previewComponents } from "@/message-preview/preview-components.ts";
import { getFormat } from "@/theme/read-locale.ts";
import { languageName } from "@/ui/languages.ts";
import { LinkButton } from "@/ui/link-button.tsx";
import { PageHeader } from "@/ui/page-header.tsx";
import { StatusBadge } from "@/ui/status-badge.tsx";
import { TextLink } from "@/ui/text-link.tsx";
import { Alert, Grid, GridCol, Group, Stack, Text, Title } from "@mantine/core";
import { IconAlertTriangle, IconPencil, IconSpeakerphone } from "@tabler/icons-react";
import type { Metadata } from "next";
import { cache } from "react";

interface Props {
  params: Promise<{ id: string }>;
}

const readTemplate = cache(async (id: string) =>
  read((await api()).GET("/v1/templates/{id}", { params: { path: { id } } })),
);

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await readTemplate((await params).id)).name };
}

export default async function TemplatePage({ params }: Props) {
  const template = await readTemplate((await params).id);
  const { id, name, status, rejectedReason, unsupported, removedAt } = template;
  const client = await api();
  const [me, format, { items: namesakes }] = await Promise.all([
    getMe(),
    getFormat(),
    read(client.GET("/v1/templates", { params: { query: { search: name, limit: 50 } } })),
  ]);
  const others = namesakes.filter((other) => other.name === name && other.id !== id);
  const maySend = me.rights.includes("write") && removedAt === null;
  const mayChange = me.rights.includes("manage") && removedAt === null;
  const isUsable = status === "APPROVED" && unsupported.length === 0;
  const advice = removedAt === null ? statusAdvice(status) : "It has been deleted at Meta.";
  return (
    <>
      <PageHeader
        title={name}
        back={{ href: "/templates", label: "Templates" }}
        badge={<StatusBadge status={status} />}
        actions={
          <>
            {maySend && isUsable && (
              <LinkButton
                href={`/broadcasts/new?templateId=${id}`}
                leftSection={<IconSpeakerphone size={16} aria-hidden />}
              >
                Use in a broadcast
              </LinkButton>
            )}
            {mayChange && (
              <>
                <LinkButton
                  href={`/templates/${id}/edit`}
                  variant="default"
                  leftSection={<IconPencil size={16} aria-hidden />}
                >
                  Edit
                </LinkButton>
                <DeleteTemplate id={id} name={name} />
              </>
            )}
          </>
        }
      />
      <Grid gap="lg">
        <GridCol span={{ base: 12, md: 6 }}>
          <MessagePreview message={previewComponents(template.components)} />
          <Text size="sm" c="dimmed" mt="xs">
            Variables show the examples that Meta reviewed it with.
          </Text>
        </GridCol>
        <GridCol span={{ base: 12, md: 6 }}>
          <Stack>
            {advice !== null && (
              <Alert color="yellow" icon={<IconAlertTriangle />} title={advice}>
                {status === "REJECTED" &&
                  (rejectionAdvice(rejectedReason) ?? "Meta gave no reason.")}
              </Alert>
            )}
            {unsupported.map(({ path, message }) => (
              <Alert key={path} color="yellow" icon={<IconAlertTriangle />}>
                {message}
              </Alert>
            ))}
            <TemplateFacts template={template} locale={format.locale} />
            {others.length > 0 && (
              <div>
                <Title order={2} size="h4" mb="xs">
                  In other languages
                </Title>
                <Group>
                  {others.map((other) => (
                    <TextLink key={other.id} href={`/templates/${other.id}`}>
                      {languageName(other.language, format.locale)}
                    </TextLink>
                  ))}
                </Group>
              </div>
            )}
          </Stack>
        </GridCol>
      </Grid>
    </>
  );
}
