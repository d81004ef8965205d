"use client";
import { useAction } from "@/api/use-action.ts";
import { useFormat } from "@/theme/locale.tsx";
import { Card } from "@/ui/card.tsx";
import { Problem } from "@/ui/problem.tsx";
import { Alert, Button, Group, Select, Stack, TagsInput, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { ColumnTargets } from "./column-targets.tsx";
import { countries } from "./countries.ts";
import {
  previewImport,
  startImport,
  type ImportPreview,
  type ImportSettings,
} from "./import-settings.ts";
import { PreviewRows } from "./preview-rows.tsx";

/** Edits the target of each column, tags and country, and previews the first rows. */
export function MapColumns({
  file,
  preview,
  knownTags,
  settings,
  onChange,
  onPreview,
  onBack,
  onStarted,
}: {
  file: File;
  preview: ImportPreview;
  knownTags: string[];
  settings: ImportSettings;
  onChange(settings: ImportSettings): void;
  onPreview(preview: ImportPreview): void;
  onBack(): void;
  onStarted(id: string): void;
}) {
  const format = useFormat();
  const previewing = useAction();
  const start = useAction();
  function change(changes: Partial<ImportSettings>): void {
    const changed = { ...settings, ...changes };
    onChange(changed);
    if (changes.tags) return;
    void previewing.run(() => previewImport(file, changed), {
      refresh: false,
      quiet: true,
      onDone: onPreview,
    });
  }
  function begin(): void {
    void start.run(() => startImport(file, settings), {
      refresh: false,
      quiet: true,
      onDone: ({ id }) => onStarted(id),
    });
  }
  const problem = start.error ?? previewing.error;
  return (
    <Stack mt="md">
      <Text>
        <b>{file.name}</b>, {format.compact(Math.ceil(file.size / 1024))} KB
      </Text>
      <Card title="What the columns are">
        <ColumnTargets
          columns={preview.columns}
          mapping={settings.mapping}
          onChange={(mapping) => change({ mapping })}
        />
      </Card>
      <Card title="For all of them">
        <Stack gap="sm">
          <TagsInput
            label="Add tags"
            description="So that you find these people again"
            data={knownTags}
            value={settings.tags}
            onChange={(tags) => change({ tags })}
            acceptValueOnBlur
            maxTags={50}
          />
          <Select
            label="Country of numbers without a country code"
            placeholder="None: such numbers are rejected"
            data={countries(format.locale)}
            value={settings.country || null}
            onChange={(country) => change({ country: country ?? "" })}
            searchable
            clearable
            clearButtonProps={{ "aria-label": "No country" }}
          />
        </Stack>
      </Card>
      <PreviewRows rows={preview.rows} isLoading={previewing.isPending} />
      {preview.fault !== null && (
        <Alert
          color="red"
          icon={<IconAlertTriangle />}
          title="It can't be imported like this"
          role="alert"
        >
          {preview.fault}
        </Alert>
      )}
      {problem && <Problem message={problem.message} />}
      <Group justify="space-between">
        <Button variant="default" onClick={onBack}>
          Another file
        </Button>
        <Button
          onClick={begin}
          loading={start.isPending}
          disabled={preview.fault !== null || previewing.isPending}
        >
          Import the contacts
        </Button>
      </Group>
    </Stack>
  );
}
