"use client";
import { browserApi, send } from "@/api/browser.ts";
import type { Answer } from "@/api/types.ts";
import { upload } from "@/api/upload.ts";
import { useAction } from "@/api/use-action.ts";
import { useFormat } from "@/theme/locale.tsx";
import { FieldError } from "@/ui/field-error.tsx";
import { Button, FileButton, Group, Select, Stack, Text, TextInput } from "@mantine/core";
import { IconUpload } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import type { SlotFieldProps } from "./slot-fields.tsx";

type Media = Answer<"/v1/media">["items"][number];
type Kind = "image" | "video" | "document";

const words: Record<Kind, string> = { image: "an image", video: "a video", document: "a document" };

/** Edits a media value: a file of the organization, a new upload, or a link. */
export function MediaField({
  slot,
  label,
  value,
  onChange,
  problem,
  kind,
  providerId,
}: SlotFieldProps & { kind: Kind; providerId: string }) {
  const format = useFormat();
  const [files, setFiles] = useState<Media[]>([]);
  const { run, isPending, error } = useAction();
  const media = value?.source === "media" ? value : null;
  useEffect(() => {
    async function read(): Promise<void> {
      const query = { providerId, type: kind, limit: 200 };
      const page = await send(browserApi.GET("/v1/media", { params: { query } })).catch(() => null);
      if (page !== null) setFiles(page.items);
    }
    void read();
  }, [providerId, kind]);
  function choose(file: File | null): void {
    if (file === null) return;
    void run(() => upload<Media>("/v1/media", { providerId, file }), {
      refresh: false,
      quiet: true,
      onDone: (uploaded) => {
        setFiles((before) => [uploaded, ...before]);
        onChange({ source: "media", mediaId: uploaded.id, ...nameOf(kind, uploaded.fileName) });
      },
    });
  }
  const { bytesMax, mimeTypes } = slot.limits;
  return (
    <Stack gap={6} role="group" aria-label={label}>
      <Text size="sm" fw={600}>
        {label}
      </Text>
      <Group gap="xs" align="flex-start">
        <Select
          aria-label={`File for ${label}`}
          placeholder={files.length === 0 ? "No files yet" : "Choose a file"}
          data={files.map(({ id, fileName }) => ({ value: id, label: fileName }))}
          value={media?.mediaId ?? null}
          onChange={(mediaId) => {
            const file = files.find(({ id }) => id === mediaId);
            onChange(
              mediaId === null
                ? null
                : { source: "media", mediaId, ...nameOf(kind, file?.fileName ?? "") },
            );
          }}
          clearable
          searchable
          flex="1 1 180px"
        />
        <FileButton accept={(mimeTypes ?? []).join(",")} onChange={(file) => choose(file)}>
          {(props) => (
            <Button
              {...props}
              variant="default"
              loading={isPending}
              leftSection={<IconUpload size={16} aria-hidden />}
            >
              Upload {words[kind]}
            </Button>
          )}
        </FileButton>
      </Group>
      <TextInput
        aria-label={`Link for ${label}`}
        placeholder="or a link: https://…"
        type="url"
        value={media?.link ?? ""}
        onChange={(event) => {
          const link = event.currentTarget.value;
          onChange(
            link === "" ? null : { source: "media", link, ...nameOf(kind, media?.filename ?? "") },
          );
        }}
      />
      {kind === "document" && media !== null && (
        <TextInput
          label="Name of the file as people see it"
          value={media.filename ?? ""}
          maxLength={240}
          onChange={(event) => {
            const { filename: _, ...rest } = media;
            const filename = event.currentTarget.value;
            onChange(filename === "" ? rest : { ...rest, filename });
          }}
        />
      )}
      {bytesMax !== null && (
        <Text size="xs" c="dimmed">
          At most {format.number(Math.round(bytesMax / 1024 / 1024))} MB
        </Text>
      )}
      <FieldError message={error?.message ?? problem} />
    </Stack>
  );
}

function nameOf(kind: Kind, filename: string) {
  return kind === "document" && filename !== "" ? { filename } : {};
}
