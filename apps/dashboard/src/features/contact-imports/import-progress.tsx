"use client";
import { browserApi, send } from "@/api/browser.ts";
import type { ContactImport } from "@/api/types.ts";
import { useMay } from "@/shell/rights.tsx";
import { useFormat } from "@/theme/locale.tsx";
import { ConfirmButton } from "@/ui/confirm-button.tsx";
import { Figure } from "@/ui/figure.tsx";
import { LinkButton } from "@/ui/link-button.tsx";
import { Alert, Group, Paper, Progress, SimpleGrid, Stack, Text } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useEffect, useState } from "react";

const pollMs = 500;

/** Shows an import while it runs, and its result. */
export function ImportProgress({ first }: { first: ContactImport }) {
  const format = useFormat();
  const mayUndo = useMay("write");
  const [current, setCurrent] = useState(first);
  const { id, status, createdContacts, updatedContacts, rejectedRows, repeatedRows } = current;
  const isWorking = status === "processing" || status === "undoing";
  useEffect(() => {
    if (!isWorking) return;
    const timer = setInterval(() => {
      void loadImport();
    }, pollMs);
    async function loadImport(): Promise<void> {
      const read = await send(
        browserApi.GET("/v1/contact-imports/{id}", { params: { path: { id } } }),
      ).catch(() => null);
      if (read !== null) setCurrent(read);
    }
    return () => clearInterval(timer);
  }, [id, isWorking]);
  const repeated = repeatedRows > 0 && `${format.number(repeatedRows)} came twice in the file`;
  const figures = [
    ["Rows read", current.processedRows],
    ["New contacts", createdContacts],
    ["Updated", updatedContacts, repeated],
    ["Rejected rows", rejectedRows],
  ] as const;
  return (
    <Stack>
      <Outcome current={current} />
      {isWorking && <Progress value={100} animated aria-label="The import runs" />}
      <SimpleGrid cols={{ base: 2, sm: 4 }}>
        {figures.map(([label, value, note]) => (
          <Paper key={label} withBorder p="md">
            <Figure label={label} value={format.number(value)} note={note} />
          </Paper>
        ))}
      </SimpleGrid>
      <Group>
        {rejectedRows > 0 && (
          <LinkButton
            href={`/v1/contact-imports/${id}/rejected.csv`}
            isFile
            variant="default"
            leftSection={<IconDownload size={16} aria-hidden />}
          >
            Download the rejected rows
          </LinkButton>
        )}
        {status === "completed" && <LinkButton href="/contacts">Show the contacts</LinkButton>}
        {status === "completed" && mayUndo && (
          <ConfirmButton
            label="Undo this import"
            title="Undo this import?"
            confirm="Undo it"
            work={async () =>
              setCurrent(
                await send(
                  browserApi.POST("/v1/contact-imports/{id}/undo", { params: { path: { id } } }),
                ),
              )
            }
          >
            The {format.number(createdContacts)} new contacts are deleted, the updated ones get back
            what they had. Contacts that were changed since then stay as they are.
          </ConfirmButton>
        )}
      </Group>
    </Stack>
  );
}

function Outcome({ current }: { current: ContactImport }) {
  const { status, failureReason, rejectedRows } = current;
  switch (status) {
    case "processing":
      return <Text role="status">The contacts are being imported. You can leave this page.</Text>;
    case "undoing":
      return <Text role="status">The import is being undone.</Text>;
    case "undone":
      return (
        <Alert color="gray" role="status" title="This import was undone">
          Its contacts are as they were before.
        </Alert>
      );
    case "failed":
      return (
        <Alert color="red" role="alert" title="The import has failed; nothing of it is kept">
          {failureReason}
        </Alert>
      );
    case "completed":
      return (
        <Alert color="brand" role="status" title="The contacts are imported">
          {rejectedRows > 0 &&
            "Some rows were rejected: download them to see why, mend them and import that file."}
        </Alert>
      );
  }
}
