"use client";
import "@mantine/dropzone/styles.css";
import { useAction } from "@/api/use-action.ts";
import { Problem } from "@/ui/problem.tsx";
import { Anchor, Group, Stack, Text } from "@mantine/core";
import { Dropzone } from "@mantine/dropzone";
import { IconFileSpreadsheet, IconUpload } from "@tabler/icons-react";
import { useState } from "react";
import { previewImport, type ImportPreview } from "./import-settings.ts";

const sample =
  "phone,name,email,tags,city\n+491512345678,Ada Lovelace,ada@example.com,vip;new,Berlin\n";
const bytesMax = 512 * 1024 * 1024;

/** Takes a CSV file, dropped or selected, and previews it. */
export function ChooseFile({ onChosen }: { onChosen(file: File, preview: ImportPreview): void }) {
  const { run, isPending, error } = useAction();
  const [refusal, setRefusal] = useState<string | null>(null);
  function choose(file: File | undefined): void {
    if (!file) return;
    setRefusal(null);
    if (file.size === 0) {
      setRefusal(
        `${file.name} is empty. Choose a CSV with a line of headings and a line for each contact.`,
      );
      return;
    }
    const settings = { mapping: {}, tags: [], country: "" };
    void run(() => previewImport(file, settings), {
      refresh: false,
      quiet: true,
      onDone: (preview) => onChosen(file, preview),
    });
  }
  const message = refusal ?? error?.message;
  return (
    <Stack mt="md">
      <Dropzone
        onDrop={(files) => choose(files[0])}
        onReject={() => setRefusal("Choose one CSV file of at most 512 MB.")}
        accept={{ "text/csv": [".csv", ".txt", ".tsv"] }}
        useFsAccessApi={false}
        maxSize={bytesMax}
        maxFiles={1}
        multiple={false}
        loading={isPending}
        aria-label="Drop a CSV file here, or press Enter to choose one"
        inputProps={{ "aria-label": "CSV file" }}
      >
        <Group justify="center" gap="md" mih={180} style={{ pointerEvents: "none" }}>
          <Dropzone.Accept>
            <IconUpload size={44} aria-hidden />
          </Dropzone.Accept>
          <Dropzone.Idle>
            <IconFileSpreadsheet size={44} aria-hidden />
          </Dropzone.Idle>
          <div>
            <Text size="lg" fw={600}>
              Drop a CSV file here
            </Text>
            <Text size="sm" c="dimmed">
              or click to choose one. Excel, Google Sheets and shops save their lists as CSV.
            </Text>
          </div>
        </Group>
      </Dropzone>
      {message && <Problem title="This file can't be used" message={message} />}
      <Text size="sm" c="dimmed">
        One line for each contact, with a heading over each column. Only the phone number is needed.{" "}
        <Anchor
          href={`data:text/csv;charset=utf-8,${encodeURIComponent(sample)}`}
          download="contacts.csv"
          size="sm"
          underline="always"
        >
          Download an example
        </Anchor>
      </Text>
    </Stack>
  );
}
