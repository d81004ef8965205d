import type { Template } from "@/api/types.ts";
import { MessagePreview } from "@/message-preview/message-preview.tsx";
import { previewComponents } from "@/message-preview/preview-components.ts";
import { languageName } from "@/ui/languages.ts";
import { QualityBadge } from "@/ui/quality-badge.tsx";
import { StatusBadge } from "@/ui/status-badge.tsx";
import { TextLink } from "@/ui/text-link.tsx";
import { Badge, Group, Paper, Stack, Text } from "@mantine/core";
import { categoryLabel } from "./words.ts";

/** Shows a template in the grid: its message, name, status, category and language. */
export function TemplateCard({ template, locale }: { template: Template; locale: string }) {
  const { id, name, language, category, status, qualityScore, components } = template;
  return (
    <Paper withBorder p="sm" component="article">
      <Stack gap="xs" h="100%">
        <div inert style={{ height: 230, overflow: "hidden" }}>
          <MessagePreview message={previewComponents(components)} compact />
        </div>
        <TextLink href={`/templates/${id}`} fw={600} style={{ overflowWrap: "anywhere" }}>
          {name}
        </TextLink>
        <Group gap={6} mt="auto">
          <StatusBadge status={status} />
          <Badge variant="light" color="gray" tt="none">
            {categoryLabel(category)}
          </Badge>
          <QualityBadge rating={qualityScore} />
        </Group>
        <Text size="sm" c="dimmed">
          {languageName(language, locale)}
        </Text>
      </Stack>
    </Paper>
  );
}
