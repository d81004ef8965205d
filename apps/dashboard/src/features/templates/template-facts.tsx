import type { Template, TemplateSlot } from "@/api/types.ts";
import { DateTime } from "@/theme/date-time.tsx";
import { languageName } from "@/ui/languages.ts";
import { StatusBadge } from "@/ui/status-badge.tsx";
import {
  Paper,
  Stack,
  Table,
  TableTbody,
  TableTd,
  TableTh,
  TableTr,
  Text,
  Title,
} from "@mantine/core";
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
        <Table
          variant="vertical"
          layout="fixed"
          withRowBorders={false}
          aria-label="About the template"
        >
          <TableTbody>
            <Fact name="Status">
              <StatusBadge status={status} />
            </Fact>
            <Fact name="Category">{categoryLabel(category)}</Fact>
            {announcedCategory !== null && (
              <Fact name="Category to come">
                {categoryLabel(announcedCategory)}, from{" "}
                <DateTime value={categoryChangesAt} only="date" none="soon" />, as Meta has
                announced
              </Fact>
            )}
            <Fact name="Language">{languageName(language, locale)}</Fact>
            <Fact name="Quality">{qualities[qualityScore ?? "UNKNOWN"] ?? qualityScore}</Fact>
            <Fact name="Fetched from Meta">
              <DateTime value={syncedAt} />
            </Fact>
          </TableTbody>
        </Table>
      </Paper>
      <Paper withBorder p="md">
        <Title order={2} size="h4" mb="xs">
          What a broadcast fills in
        </Title>
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
      </Paper>
    </Stack>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <TableTr>
      <TableTh w={150} style={{ background: "none" }}>
        {name}
      </TableTh>
      <TableTd>{children}</TableTd>
    </TableTr>
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
