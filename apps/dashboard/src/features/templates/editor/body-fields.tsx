"use client";
import {
  ActionIcon,
  Button,
  Group,
  Stack,
  Text,
  Textarea,
  TextInput,
  Tooltip,
} from "@mantine/core";
import { IconBold, IconItalic, IconPlus, IconStrikethrough } from "@tabler/icons-react";
import { useRef } from "react";
import { Counted } from "./counted.tsx";
import { nextVariable, variablesIn, type TemplateDraft, type TextDraft } from "./template-draft.ts";

const marks = [
  { mark: "*", label: "Bold", icon: IconBold },
  { mark: "_", label: "Italic", icon: IconItalic },
  { mark: "~", label: "Strike through", icon: IconStrikethrough },
];

/** Edits the message's text with its formatting, variables and samples. */
export function BodyFields({
  body,
  onChange,
  format,
  max,
  label = "Text",
  error,
}: {
  body: TextDraft;
  onChange(body: TextDraft): void;
  format: TemplateDraft["parameterFormat"];
  max: number;
  label?: string;
  error: string | undefined;
}) {
  const area = useRef<HTMLTextAreaElement>(null);
  function replaceSelection(make: (selected: string) => string): void {
    const { selectionStart = body.text.length, selectionEnd = body.text.length } =
      area.current ?? {};
    const before = body.text.slice(0, selectionStart);
    const put = make(body.text.slice(selectionStart, selectionEnd));
    onChange({ ...body, text: before + put + body.text.slice(selectionEnd) });
    requestAnimationFrame(() => {
      area.current?.focus();
      area.current?.setSelectionRange(before.length + put.length, before.length + put.length);
    });
  }
  return (
    <Stack gap="xs">
      <Textarea
        ref={area}
        label={label}
        required
        autosize
        minRows={4}
        maxRows={14}
        description={<Counted text={body.text} max={max} />}
        value={body.text}
        onChange={(event) => onChange({ ...body, text: event.currentTarget.value })}
        error={error}
      />
      <Group gap={6}>
        {marks.map(({ mark, label: name, icon: Icon }) => (
          <Tooltip key={mark} label={name}>
            <ActionIcon
              variant="default"
              size="lg"
              aria-label={`${name} in “${label}”`}
              onClick={() => replaceSelection((selected) => `${mark}${selected || "text"}${mark}`)}
            >
              <Icon size={16} />
            </ActionIcon>
          </Tooltip>
        ))}
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => replaceSelection(() => `{{${nextVariable(body.text, format)}}}`)}
        >
          Add a variable
        </Button>
      </Group>
      {variablesIn(body.text).length > 0 && (
        <Text size="sm" c="dimmed">
          Meta reviews the message with an example for each variable:
        </Text>
      )}
      {variablesIn(body.text).map((name) => (
        <TextInput
          key={name}
          label={`Example for {{${name}}}`}
          value={body.examples[name] ?? ""}
          onChange={(event) =>
            onChange({ ...body, examples: { ...body.examples, [name]: event.currentTarget.value } })
          }
        />
      ))}
    </Stack>
  );
}
