"use client";
import { browserApi, send } from "@/api/browser.ts";
import type { Template } from "@/api/types.ts";
import { useSubmit } from "@/api/use-form.ts";
import { MessagePreview } from "@/message-preview/message-preview.tsx";
import { previewComponents } from "@/message-preview/preview-components.ts";
import { Problem } from "@/ui/problem.tsx";
import { useUnsavedWarning } from "@/ui/use-unsaved-warning.ts";
import { Box, Button, Grid, GridCol, Group, Paper, Stack, Title } from "@mantine/core";
import { useRouter } from "next/navigation";
import { useMemo, useState } from "react";
import { draftOfTemplate } from "./from-template.ts";
import { MessageFields } from "./message-fields.tsx";
import { placeErrors } from "./place-errors.ts";
import { newDraft, type TemplateDraft } from "./template-draft.ts";
import { TemplateHead } from "./template-head.tsx";
import { toComponents } from "./to-components.ts";

/** Creates a template or edits an existing one, with a preview of the message. */
export function TemplateEditor({
  template,
  numbers,
}: {
  template: Template | null;
  /** Numbers whose WhatsApp Business Account the template can belong to. */
  numbers: { value: string; label: string; wabaId: string }[];
}) {
  const router = useRouter();
  const [draft, setDraft] = useState(() => startDraft(template, numbers));
  const [isChanged, setChanged] = useState(false);
  useUnsavedWarning(isChanged);
  const components = useMemo(() => toComponents(draft), [draft]);
  const { submit, isPending, error } = useSubmit(
    () => submitTemplate(template, draft, components),
    {
      done: "Handed in: Meta reviews it now",
      onDone: ({ id }) => {
        setChanged(false);
        router.push(`/templates/${id}`);
      },
    },
  );
  const errors = error ? placeErrors(error.fields, components) : {};
  function change(changes: Partial<TemplateDraft>): void {
    setDraft((before) => ({ ...before, ...changes }));
    setChanged(true);
  }
  return (
    <form onSubmit={submit} noValidate>
      <Grid gap="lg">
        <GridCol span={{ base: 12, md: 7 }}>
          <Paper withBorder p={{ base: "sm", sm: "lg" }}>
            <Stack>
              <TemplateHead
                draft={draft}
                onChange={change}
                numbers={numbers}
                isNew={template === null}
                errors={errors}
              />
              <MessageFields draft={draft} onChange={change} errors={errors} />
              {error && (
                <Problem
                  title={
                    Object.keys(error.fields).length > 0
                      ? "Some parts need another look"
                      : "Meta didn't take it"
                  }
                  message={errors["rest"] ?? error.message}
                />
              )}
              <Group justify="flex-end">
                <Button type="submit" loading={isPending}>
                  Hand in for review
                </Button>
              </Group>
            </Stack>
          </Paper>
        </GridCol>
        <GridCol span={{ base: 12, md: 5 }}>
          <Box pos="sticky" top={72}>
            <Title order={2} size="h5" mb="xs">
              Preview
            </Title>
            <MessagePreview message={withPreviewFiles(previewComponents(components), draft)} />
          </Box>
        </GridCol>
      </Grid>
    </form>
  );
}

function startDraft(
  template: Template | null,
  numbers: { value: string; wabaId: string }[],
): TemplateDraft {
  if (template === null) return newDraft(numbers[0]?.value ?? "", "en_US");
  const number = numbers.find(({ wabaId }) => wabaId === template.wabaId);
  return { ...draftOfTemplate(template), providerId: number?.value ?? "" };
}

async function submitTemplate(
  template: Template | null,
  { providerId, name, language, category, parameterFormat }: TemplateDraft,
  components: ReturnType<typeof toComponents>,
): Promise<Template> {
  if (template === null) {
    return send(
      browserApi.POST("/v1/templates", {
        body: { providerId, name, language, category, parameterFormat, components },
      }),
    );
  }
  return send(
    browserApi.PATCH("/v1/templates/{id}", {
      params: { path: { id: template.id } },
      body: { components, ...(category !== template.category && { category }) },
    }),
  );
}

type Message = ReturnType<typeof previewComponents>;

function withPreviewFiles(message: Message, draft: TemplateDraft): Message {
  const cards = message.cards?.map((card, index) =>
    withFile(card, draft.cards[index]?.header.previewUrl ?? null),
  );
  return { ...withFile(message, draft.header.previewUrl), ...(cards && { cards }) };
}

function withFile<T extends Pick<Message, "header">>(part: T, previewUrl: string | null): T {
  return previewUrl !== null && part.header && "link" in part.header
    ? { ...part, header: { ...part.header, link: previewUrl } }
    : part;
}
