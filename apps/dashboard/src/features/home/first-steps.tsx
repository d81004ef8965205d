import type { Me } from "@/api/types.ts";
import { Card } from "@/ui/card.tsx";
import { LinkButton } from "@/ui/link-button.tsx";
import { Group, Stack, Text, ThemeIcon } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import type { ChecklistItem } from "./checklist.ts";

/** Lists the steps to the first broadcast, with a link to the next one. */
export function FirstSteps({ items, rights }: { items: ChecklistItem[]; rights: Me["rights"] }) {
  const next = items.find(({ isDone }) => !isDone);
  return (
    <Card title="To your first broadcast">
      <Stack gap="sm" component="ol" p={0} m={0} style={{ listStyle: "none" }}>
        {items.map((item, index) => (
          <Group key={item.label} component="li" gap="sm" mih={36} wrap="nowrap">
            <ThemeIcon
              radius="xl"
              size="md"
              variant={item.isDone ? "filled" : "light"}
              color={item.isDone ? "brand" : "gray"}
              aria-hidden
            >
              {item.isDone ? <IconCheck size={16} /> : index + 1}
            </ThemeIcon>
            <Text flex={1} {...(item.isDone && { c: "dimmed" })}>
              {item.label}
              {item.isDone && " (done)"}
            </Text>
            {item === next && rights.includes(item.right) && (
              <LinkButton href={item.href} size="xs">
                {item.action}
              </LinkButton>
            )}
          </Group>
        ))}
      </Stack>
    </Card>
  );
}
