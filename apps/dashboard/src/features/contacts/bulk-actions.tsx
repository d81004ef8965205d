"use client";
import type { Contact, SegmentCriteria } from "@/api/types.ts";
import { useFormat } from "@/theme/locale.tsx";
import { ConfirmButton } from "@/ui/confirm-button.tsx";
import { Button, Group, Modal, Paper, Progress, Stack, TagsInput, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useState } from "react";
import { useContactJob, type ContactAction } from "./use-contact-job.ts";

/** Shows actions for the selected contacts, or for all contacts with the tag in the filter. */
export function BulkActions({
  chosen,
  tag,
  isWholePage,
  onDone,
}: {
  chosen: Contact[];
  tag: string | null;
  isWholePage: boolean;
  onDone(): void;
}) {
  const format = useFormat();
  const { start, processed, isWorking } = useContactJob(onDone);
  const [isEveryone, setEveryone] = useState(false);
  if (isWorking) {
    return (
      <Paper withBorder p="sm" role="status">
        <Text size="sm">{format.number(processed)} contacts changed so far …</Text>
        <Progress value={100} animated mt={6} aria-label="Changing contacts" />
      </Paper>
    );
  }
  if (chosen.length === 0) return null;
  const phones = chosen.flatMap(({ phone }) => (phone === null ? [] : [phone]));
  const criteria: SegmentCriteria =
    isEveryone && tag !== null
      ? { tag }
      : { combinator: "and", rules: [{ field: "phone", operator: "in", value: phones }] };
  const who =
    isEveryone && tag !== null
      ? `everybody with the tag “${tag}”`
      : `${chosen.length} ${chosen.length === 1 ? "contact" : "contacts"}`;
  const act = (action: ContactAction) => start(criteria, action);
  return (
    <Paper withBorder p="sm">
      <Group gap="sm">
        <Text size="sm" fw={600} role="status">
          {who} chosen
        </Text>
        {tag !== null && isWholePage && (
          <Button size="xs" variant="subtle" onClick={() => setEveryone(!isEveryone)}>
            {isEveryone ? "Only this page" : `Choose everybody with “${tag}”`}
          </Button>
        )}
        <TagDialog label="Add tags" who={who} onChosen={(tags) => act({ addTags: tags })} />
        <TagDialog
          label="Take tags away"
          who={who}
          onChosen={(tags) => act({ removeTags: tags })}
        />
        <ConfirmButton
          label="Delete"
          title={`Delete ${who}?`}
          confirm="Delete them"
          work={() => act({ delete: true })}
        >
          What was written to and by them is deleted too; the results of broadcasts keep their
          counts. This can&apos;t be undone.
        </ConfirmButton>
      </Group>
    </Paper>
  );
}

function TagDialog({
  label,
  who,
  onChosen,
}: {
  label: string;
  who: string;
  onChosen(tags: string[]): Promise<unknown>;
}) {
  const [isOpen, { open, close }] = useDisclosure();
  const [tags, setTags] = useState<string[]>([]);
  async function apply(): Promise<void> {
    close();
    await onChosen(tags);
    setTags([]);
  }
  return (
    <>
      <Button size="xs" variant="default" onClick={open}>
        {label}
      </Button>
      <Modal opened={isOpen} onClose={close} title={`${label}: ${who}`} centered>
        <Stack>
          <TagsInput
            label="Tags"
            placeholder="Type and press Enter"
            value={tags}
            onChange={setTags}
            acceptValueOnBlur
            maxTags={100}
            data-autofocus
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button disabled={tags.length === 0} onClick={() => void apply()}>
              {label}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
