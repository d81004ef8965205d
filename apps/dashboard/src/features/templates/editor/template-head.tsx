"use client";
import { useFormat } from "@/theme/locale.tsx";
import { languageCodes, languageName } from "@/ui/languages.ts";
import { SegmentedControl, Select, Stack, Text, TextInput } from "@mantine/core";
import { categories } from "../words.ts";
import { limits, templateName } from "./limits.ts";
import { newCard, type TemplateDraft } from "./template-draft.ts";

type Change = (changes: Partial<TemplateDraft>) => void;

/** Edits the template's name, language, category and kind of message. */
export function TemplateHead({
  draft,
  onChange,
  numbers,
  isNew,
  errors,
}: {
  draft: TemplateDraft;
  onChange: Change;
  numbers: { value: string; label: string }[];
  isNew: boolean;
  errors: Record<string, string>;
}) {
  const format = useFormat();
  return (
    <Stack>
      {isNew && numbers.length > 1 && (
        <Select
          label="For the account of"
          data={numbers}
          value={draft.providerId}
          onChange={(providerId) => providerId && onChange({ providerId })}
          allowDeselect={false}
        />
      )}
      {isNew && (
        <TextInput
          label="Name"
          required
          description="Small letters, digits and underscores; only you and Meta see it."
          value={draft.name}
          onChange={(event) => onChange({ name: templateName(event.currentTarget.value) })}
          maxLength={limits.name}
          error={errors["name"]}
        />
      )}
      {isNew && (
        <Select
          label="Language"
          data={languageCodes.map((code) => ({
            value: code,
            label: `${languageName(code, format.locale)} (${code})`,
          }))}
          value={draft.language}
          onChange={(language) => language && onChange({ language })}
          searchable
          allowDeselect={false}
          error={errors["language"]}
        />
      )}
      <Select
        label="Category"
        description="Marketing for offers and news, utility for what somebody asked for, authentication for codes."
        data={categories}
        value={draft.category}
        onChange={(category) =>
          category &&
          onChange({ category, ...(category !== "MARKETING" && { kind: "standard" as const }) })
        }
        allowDeselect={false}
        error={errors["category"]}
      />
      {draft.category === "MARKETING" && <KindChoice draft={draft} onChange={onChange} />}
      {isNew && draft.category !== "AUTHENTICATION" && (
        <div>
          <Text size="sm" fw={500} id="parameter-format">
            Variables
          </Text>
          <SegmentedControl
            aria-labelledby="parameter-format"
            data={[
              { value: "POSITIONAL", label: "Numbered: {{1}}" },
              { value: "NAMED", label: "Named: {{first_name}}" },
            ]}
            value={draft.parameterFormat}
            onChange={(value) =>
              onChange({ parameterFormat: value === "NAMED" ? "NAMED" : "POSITIONAL" })
            }
          />
        </div>
      )}
    </Stack>
  );
}

function KindChoice({ draft, onChange }: { draft: TemplateDraft; onChange: Change }) {
  function choose(value: string): void {
    const kind = value === "offer" || value === "carousel" ? value : "standard";
    onChange({
      kind,
      ...(kind === "carousel" && draft.cards.length === 0 && { cards: [newCard(), newCard()] }),
    });
  }
  return (
    <div>
      <Text size="sm" fw={500} id="template-kind">
        Kind of message
      </Text>
      <SegmentedControl
        aria-labelledby="template-kind"
        fullWidth
        data={[
          { value: "standard", label: "Message" },
          { value: "offer", label: "Limited offer" },
          { value: "carousel", label: "Carousel" },
        ]}
        value={draft.kind}
        onChange={choose}
      />
    </div>
  );
}
