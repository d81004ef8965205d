"use client";
import { FieldError } from "@/ui/field-error.tsx";
import { ActionIcon, Button, Group, Menu, Paper, Stack, Text, TextInput } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from "@tabler/icons-react";
import { Counted } from "./counted.tsx";
import { limits } from "./limits.ts";
import { newButton, variablesIn, type ButtonDraft } from "./template-draft.ts";

type Kind = Exclude<ButtonDraft["type"], "OTHER">;

const kinds: { type: Kind; label: string; max: number }[] = [
  { type: "QUICK_REPLY", label: "Quick reply", max: limits.buttons },
  { type: "URL", label: "Open a website", max: limits.urlButtons },
  { type: "PHONE_NUMBER", label: "Call a number", max: limits.phoneButtons },
  { type: "COPY_CODE", label: "Copy an offer code", max: limits.codeButtons },
];

/** Edits a message's buttons, their order and what they do. */
export function ButtonFields({
  buttons,
  onChange,
  max,
  choices = kinds.map(({ type }) => type),
  error,
}: {
  buttons: ButtonDraft[];
  onChange(buttons: ButtonDraft[]): void;
  max: number;
  choices?: Kind[];
  error: string | undefined;
}) {
  const change = (id: string, changes: Partial<ButtonDraft>) =>
    onChange(buttons.map((button) => (button.id === id ? { ...button, ...changes } : button)));
  function move(index: number, by: -1 | 1): void {
    const moved = [...buttons];
    const [button] = moved.splice(index, 1);
    if (button) moved.splice(index + by, 0, button);
    onChange(moved);
  }
  const possible = kinds.filter(
    ({ type, max: most }) =>
      choices.includes(type) && buttons.filter((button) => button.type === type).length < most,
  );
  return (
    <Stack gap="xs" role="group" aria-label="Buttons">
      <Text size="sm" fw={500}>
        Buttons
      </Text>
      {buttons.map((button, index) => (
        <Paper key={button.id} withBorder p="sm">
          <Group justify="space-between" mb={4} wrap="nowrap">
            <Text size="sm" fw={600}>
              {kinds.find(({ type }) => type === button.type)?.label ?? "Button of another kind"}
            </Text>
            <Group gap={4} wrap="nowrap">
              <ActionIcon
                variant="subtle"
                color="gray"
                disabled={index === 0}
                onClick={() => move(index, -1)}
                aria-label={`Move button ${index + 1} up`}
              >
                <IconArrowUp size={16} />
              </ActionIcon>
              <ActionIcon
                variant="subtle"
                color="gray"
                disabled={index === buttons.length - 1}
                onClick={() => move(index, 1)}
                aria-label={`Move button ${index + 1} down`}
              >
                <IconArrowDown size={16} />
              </ActionIcon>
              <ActionIcon
                variant="subtle"
                color="gray"
                onClick={() => onChange(buttons.filter(({ id }) => id !== button.id))}
                aria-label={`Remove button ${index + 1}`}
              >
                <IconTrash size={16} />
              </ActionIcon>
            </Group>
          </Group>
          <ButtonInputs button={button} onChange={(changes) => change(button.id, changes)} />
        </Paper>
      ))}
      <FieldError message={error} />
      {buttons.length < max && possible.length > 0 && (
        <Menu>
          <Menu.Target>
            <Button
              variant="default"
              size="xs"
              w="fit-content"
              leftSection={<IconPlus size={14} aria-hidden />}
            >
              Add a button
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {possible.map(({ type, label }) => (
              <Menu.Item key={type} onClick={() => onChange([...buttons, newButton(type)])}>
                {label}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
    </Stack>
  );
}

function ButtonInputs({
  button,
  onChange,
}: {
  button: ButtonDraft;
  onChange(changes: Partial<ButtonDraft>): void;
}) {
  const { type, text, url, phone, example } = button;
  if (type === "OTHER") return <Text size="sm">{text || "It stays as Meta has it."}</Text>;
  return (
    <Stack gap="xs">
      {type !== "COPY_CODE" && (
        <TextInput
          label="Words on the button"
          description={<Counted text={text} max={limits.buttonText} />}
          value={text}
          onChange={(event) => onChange({ text: event.currentTarget.value })}
        />
      )}
      {type === "URL" && (
        <TextInput
          label="Address"
          description="May end with a variable: https://shop.example/{{1}}"
          placeholder="https://"
          value={url}
          onChange={(event) => onChange({ url: event.currentTarget.value })}
        />
      )}
      {type === "URL" && variablesIn(url).length > 0 && (
        <TextInput
          label="Example of the whole address"
          placeholder="https://shop.example/summer"
          value={example}
          onChange={(event) => onChange({ example: event.currentTarget.value })}
        />
      )}
      {type === "PHONE_NUMBER" && (
        <TextInput
          label="Phone number"
          placeholder="+49 30 1234567"
          type="tel"
          value={phone}
          onChange={(event) => onChange({ phone: event.currentTarget.value })}
        />
      )}
      {type === "COPY_CODE" && (
        <TextInput
          label="Example of the code"
          description={<Counted text={example} max={limits.code} />}
          value={example}
          onChange={(event) => onChange({ example: event.currentTarget.value })}
        />
      )}
    </Stack>
  );
}
