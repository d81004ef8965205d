"use client";
import type { Broadcast, Contact, Template, TemplateVariables } from "@/api/types.ts";
import { Card } from "@/ui/card.tsx";
import { StatusBadge } from "@/ui/status-badge.tsx";
import { Box, Button, Grid, GridCol, Group, Paper, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { BuilderFrame } from "./builder-frame.tsx";
import { ContentPreview } from "./content-preview.tsx";
import { SlotFields } from "./slot-fields.tsx";
import { TemplateChoice } from "./template-choice.tsx";
import { useDraft } from "./use-draft.ts";
import { usePreview } from "./use-preview.ts";
import { keepSlots, withGuesses } from "./variables.ts";

/** Edits the template and the values of its variables, with a preview of the message. */
export function ContentStep({
  broadcast,
  templates,
  attributes,
  people,
}: {
  broadcast: Broadcast;
  /** Templates of the number's WhatsApp Business Account. */
  templates: Template[];
  attributes: string[];
  /** Sample of the audience. */
  people: Contact[];
}) {
  const [template, setTemplate] = useState(
    () => templates.find(({ id }) => id === broadcast.templateId) ?? null,
  );
  const [variables, setVariables] = useState<TemplateVariables>(() =>
    withGuesses(broadcast.variables, template?.slots ?? [], attributes),
  );
  const [isChoosing, setChoosing] = useState(template === null);
  const isChanged =
    template !== null &&
    (template.id !== broadcast.templateId ||
      JSON.stringify(variables) !== JSON.stringify(broadcast.variables));
  const changes = { templateId: template?.id ?? null, variables };
  const [isTouched, setTouched] = useState(false);
  const draft = useDraft(broadcast.id, changes, isChanged, isTouched);
  const preview = usePreview(template?.id ?? null, variables, people);
  function choose(chosen: Template): void {
    setTemplate(chosen);
    setVariables((before) =>
      withGuesses(keepSlots(before, chosen.slots), chosen.slots, attributes),
    );
    setChoosing(false);
    setTouched(true);
  }
  function fill(filled: TemplateVariables): void {
    setVariables(filled);
    setTouched(true);
  }
  return (
    <BuilderFrame
      step="content"
      broadcast={broadcast}
      {...draft}
      hint={template === null ? "Choose a template" : null}
    >
      {isChoosing || template === null ? (
        <TemplateChoice templates={templates} chosenId={template?.id ?? null} onChoose={choose} />
      ) : (
        <Grid gap="lg">
          <GridCol span={{ base: 12, md: 7 }}>
            <Stack>
              <Paper withBorder p="md">
                <Group justify="space-between">
                  <div style={{ minWidth: 0 }}>
                    <Text size="sm" c="dimmed">
                      Template
                    </Text>
                    <Group gap="xs">
                      <Text fw={600} style={{ overflowWrap: "anywhere" }}>
                        {template.name}
                      </Text>
                      <StatusBadge status={template.status} />
                    </Group>
                  </div>
                  <Button variant="default" onClick={() => setChoosing(true)}>
                    Choose another
                  </Button>
                </Group>
              </Paper>
              <Card title="What fills its places">
                <SlotFields
                  slots={template.slots}
                  variables={variables}
                  onChange={fill}
                  attributes={attributes}
                  providerId={broadcast.providerId ?? ""}
                  problems={preview.problems}
                />
              </Card>
            </Stack>
          </GridCol>
          <GridCol span={{ base: 12, md: 5 }}>
            <Box pos="sticky" top={72}>
              <ContentPreview {...preview} people={people} />
            </Box>
          </GridCol>
        </Grid>
      )}
    </BuilderFrame>
  );
}
