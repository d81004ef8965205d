"use client";
import { Checkbox, NumberInput, Stack, Text, TextInput } from "@mantine/core";
import { Counted } from "./counted.tsx";
import { limits } from "./limits.ts";
import type { TemplateDraft } from "./template-draft.ts";

/** Edits the options of an authentication template. Meta writes the rest of its text. */
export function CodeFields({
  code,
  onChange,
  errors,
}: {
  code: TemplateDraft["code"];
  onChange(code: TemplateDraft["code"]): void;
  errors: Record<string, string>;
}) {
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        Meta words the text of messages with codes, in the template&apos;s language.
      </Text>
      <Checkbox
        label="Advise not to share the code"
        checked={code.advice}
        onChange={(event) => onChange({ ...code, advice: event.currentTarget.checked })}
      />
      <NumberInput
        label="The code is valid for, in minutes"
        description="Empty for no such line"
        min={1}
        max={90}
        value={code.minutes ?? ""}
        onChange={(value) =>
          onChange({ ...code, minutes: typeof value === "number" ? value : null })
        }
        error={errors["footer"]}
      />
      <TextInput
        label="Words on the button"
        description={<Counted text={code.buttonText} max={limits.buttonText} />}
        value={code.buttonText}
        onChange={(event) => onChange({ ...code, buttonText: event.currentTarget.value })}
        error={errors["buttons"]}
      />
    </Stack>
  );
}
