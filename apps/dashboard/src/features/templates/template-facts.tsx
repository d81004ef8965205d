import type { Template, TemplateSlot } from "@/api/types.ts";
import { DateTime } from "@/theme/date-time.tsx";
import { Card } from "@/ui/card.tsx";
import { Fact, Facts } from "@/ui/facts.tsx";
import { languageName } from "@/ui/languages.ts";
import { StatusBadge } from "@/ui/status-badge.tsx";
import { Paper, Stack, Text } from "@mantine/core";
import { categoryLabel, qualities } from "./words.ts";

/** Shows a template's properties, and the variables that a broadcast fills in. */
export function TemplateFacts({ template, locale }: { template: Template; locale: string }) {
  const {
    status,
    category,
    language,
    qualityScore,
    syncedAt,
    announcedCategory,
    categoryChangesAt,
  } = template;
  return (
    <Stack>
      <Paper withBorder p="md">
        <Facts label="About the template">
          <Fact name="Status">
            <StatusBadge status={status} />
          </Fact>
          <Fact name="Category">{categoryLabel(category)}</Fact>
          {announcedCategory !== null && (
            <Fact name="Category to come">
              {categoryLabel(announcedCategory)}, from{" "}
              <DateTime value={categoryChangesAt} only="date" none="soon" />, as Meta has announced
            </Fact>
          )}
          <Fact name="Language">{languageName(language, locale)}</Fact>
          <Fact name="Quality">{qualities[qualityScore ?? "UNKNOWN"] ?? qualityScore}</Fact>
          <Fact name="Fetched from Meta">
            <DateTime value={syncedAt} />
          </Fact>
        </Facts>
      </Paper>
      <Card title="What a broadcast fills in" mb="xs">
        {template.slots.length === 0 ? (
          <Text c="dimmed">Nothing: everybody gets the same message.</Text>
        ) : (
          <Stack gap={6}>
            {template.slots.map((slot) => (
              <Text key={slot.path} size="sm">
                <b>{placeOf(slot)}</b>
                {slot.example !== null && !slot.example.startsWith("http") && (
                  <Text span c="dimmed">
                    , for example “{slot.example}”
                  </Text>
                )}
              </Text>
            ))}
          </Stack>
        )}
      </Card>
    </Stack>
  );
}

function placeOf({ component, key, type, cardIndex, buttonIndex }: TemplateSlot): string {
  const card = cardIndex === null ? "" : `Card ${cardIndex + 1}, `;
  switch (component) {
    case "header":
      return type === "text" ? `${card}header {{${key}}}` : `${card}header: ${type}`;
    case "body":
      return `${card}text {{${key}}}`;
    case "offer":
      return "When the offer ends";
    case "button":
      return `${card}button ${(buttonIndex ?? 0) + 1}${type === "url_suffix" ? ": end of the address" : type === "coupon_code" ? ": offer code" : ""}`;
  }
}
