"use client";
import { upload } from "@/api/upload.ts";
import { useAction } from "@/api/use-action.ts";
import { FieldError } from "@/ui/field-error.tsx";
import { Button, FileButton, Group, Select, Stack, Text, TextInput } from "@mantine/core";
import { IconUpload } from "@tabler/icons-react";
import { Counted } from "./counted.tsx";
import { limits } from "./limits.ts";
import { variablesIn, type HeaderDraft, type HeaderFormat } from "./template-draft.ts";

const formats: { value: HeaderFormat; label: string }[] = [
  { value: "NONE", label: "None" },
  { value: "TEXT", label: "Text" },
  { value: "IMAGE", label: "Image" },
  { value: "VIDEO", label: "Video" },
  { value: "DOCUMENT", label: "Document" },
  { value: "LOCATION", label: "Location" },
];

const accepted: Partial<Record<HeaderFormat, string>> = {
  IMAGE: "image/jpeg,image/png",
  VIDEO: "video/mp4",
  DOCUMENT: "application/pdf",
};

/** Edits the header above the text. Media needs a sample for Meta's review. */
export function HeaderFields({
  header,
  onChange,
  providerId,
  choices,
  error,
}: {
  header: HeaderDraft;
  onChange(header: HeaderDraft): void;
  providerId: string;
  choices: HeaderFormat[];
  error: string | undefined;
}) {
  const { format, text, example, fileName } = header;
  const isMedia = accepted[format] !== undefined;
  return (
    <Stack gap="xs">
      <Select
        label="Header"
        data={formats.filter(({ value }) => choices.includes(value))}
        value={format}
        onChange={(chosen) =>
          chosen &&
          onChange({ ...header, format: chosen, handle: null, fileName: null, previewUrl: null })
        }
        allowDeselect={false}
        error={format === "NONE" || format === "LOCATION" ? error : undefined}
      />
      {format === "TEXT" && (
        <>
          <TextInput
            label="Header text"
            description={<Counted text={text} max={limits.header} />}
            value={text}
            onChange={(event) => onChange({ ...header, text: event.currentTarget.value })}
            error={error}
          />
          {variablesIn(text).map((name) => (
            <TextInput
              key={name}
              label={`Example for {{${name}}} in the header`}
              value={example}
              onChange={(event) => onChange({ ...header, example: event.currentTarget.value })}
            />
          ))}
        </>
      )}
      {format === "LOCATION" && (
        <Text size="sm" c="dimmed">
          Each broadcast says which place.
        </Text>
      )}
      {isMedia && (
        <SampleFile
          format={format}
          fileName={fileName}
          providerId={providerId}
          error={error}
          onUploaded={(uploaded) => onChange({ ...header, ...uploaded })}
        />
      )}
    </Stack>
  );
}

function SampleFile({
  format,
  fileName,
  providerId,
  error,
  onUploaded,
}: {
  format: HeaderFormat;
  fileName: string | null;
  providerId: string;
  error: string | undefined;
  onUploaded(uploaded: Pick<HeaderDraft, "handle" | "fileName" | "previewUrl">): void;
}) {
  const { run, isPending, error: refusal } = useAction();
  function choose(file: File | null): void {
    if (file === null) return;
    void run(() => upload<{ handle: string }>("/v1/template-media", { providerId, file }), {
      refresh: false,
      quiet: true,
      onDone: ({ handle }) =>
        onUploaded({ handle, fileName: file.name, previewUrl: URL.createObjectURL(file) }),
    });
  }
  return (
    <div>
      <Group gap="sm">
        <FileButton accept={accepted[format] ?? ""} onChange={(file) => choose(file)}>
          {(props) => (
            <Button
              {...props}
              variant="default"
              loading={isPending}
              leftSection={<IconUpload size={16} aria-hidden />}
            >
              {fileName === null ? "Upload an example" : "Upload another example"}
            </Button>
          )}
        </FileButton>
        <Text size="sm">{fileName}</Text>
      </Group>
      <Text size="xs" c="dimmed" mt={4}>
        For Meta&apos;s review; each broadcast can send another file.
      </Text>
      <FieldError message={refusal?.message ?? error} />
    </div>
  );
}
