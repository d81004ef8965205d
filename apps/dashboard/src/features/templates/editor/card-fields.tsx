"use client";
import { FieldError } from "@/ui/field-error.tsx";
import { Button, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { BodyFields } from "./body-fields.tsx";
import { ButtonFields } from "./button-fields.tsx";
import { HeaderFields } from "./header-fields.tsx";
import { limits } from "./limits.ts";
import { newCard, type CardDraft, type TemplateDraft } from "./template-draft.ts";

/** Edits the cards of a carousel. Meta requires the same components in each. */
export function CardFields({
  cards,
  onChange,
  draft,
  errors,
}: {
  cards: CardDraft[];
  onChange(cards: CardDraft[]): void;
  draft: TemplateDraft;
  errors: Record<string, string>;
}) {
  const change = (id: string, changes: Partial<CardDraft>) =>
    onChange(cards.map((card) => (card.id === id ? { ...card, ...changes } : card)));
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        {limits.cardsMin} to {limits.cardsMax} cards, all with the same kind of header and buttons.
      </Text>
      <FieldError message={errors["cards"]} />
      {cards.map((card, index) => (
        <Paper key={card.id} withBorder p="md">
          <Stack>
            <Group justify="space-between">
              <Title order={3} size="h5">
                Card {index + 1}
              </Title>
              <Button
                size="xs"
                variant="subtle"
                color="gray"
                leftSection={<IconTrash size={14} aria-hidden />}
                onClick={() => onChange(cards.filter(({ id }) => id !== card.id))}
              >
                Remove card {index + 1}
              </Button>
            </Group>
            <HeaderFields
              header={card.header}
              onChange={(header) => change(card.id, { header })}
              providerId={draft.providerId}
              choices={["IMAGE", "VIDEO"]}
              error={errors[`cards.${index}.header`]}
            />
            <BodyFields
              label={`Text of card ${index + 1}`}
              body={card.body}
              onChange={(body) => change(card.id, { body })}
              format={draft.parameterFormat}
              max={limits.bodyOfCard}
              error={errors[`cards.${index}.body`]}
            />
            <ButtonFields
              buttons={card.buttons}
              onChange={(buttons) => change(card.id, { buttons })}
              max={limits.cardButtons}
              choices={["QUICK_REPLY", "URL", "PHONE_NUMBER"]}
              error={errors[`cards.${index}.buttons`]}
            />
          </Stack>
        </Paper>
      ))}
      {cards.length < limits.cardsMax && (
        <Button
          variant="default"
          w="fit-content"
          leftSection={<IconPlus size={16} aria-hidden />}
          onClick={() => onChange([...cards, newCard()])}
        >
          Add a card
        </Button>
      )}
    </Stack>
  );
}
