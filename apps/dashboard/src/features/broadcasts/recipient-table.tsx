import type { Recipient } from "@/api/types.ts";
import { DateTime } from "@/theme/date-time.tsx";
import { ListTable } from "@/ui/list-table.tsx";
import { StatusBadge } from "@/ui/status-badge.tsx";
import { TextLink } from "@/ui/text-link.tsx";
import { TableTd, TableTh, TableTr, Text } from "@mantine/core";

/** Lists recipients with their status and times, and the reasons of failures. */
export function RecipientTable({ recipients }: { recipients: Recipient[] }) {
  return (
    <ListTable
      label="Recipients"
      head={
        <>
          <TableTh>Recipient</TableTh>
          <TableTh>State</TableTh>
          <TableTh visibleFrom="sm">Sent</TableTh>
          <TableTh visibleFrom="md">Delivered</TableTh>
          <TableTh visibleFrom="md">Read</TableTh>
        </>
      }
    >
      {recipients.map((recipient) => (
        <RecipientRow key={recipient.id} recipient={recipient} />
      ))}
    </ListTable>
  );
}

function RecipientRow({ recipient }: { recipient: Recipient }) {
  const { contactId, name, phone, status, errorTitle, errorDetails } = recipient;
  const title = name ?? (phone || "Deleted contact");
  return (
    <TableTr>
      <TableTd style={{ overflowWrap: "anywhere" }}>
        {contactId === null ? (
          <Text size="sm">{title}</Text>
        ) : (
          <TextLink href={`/contacts/${contactId}`} fw={600}>
            {title}
          </TextLink>
        )}
        {name !== null && (
          <Text size="sm" c="dimmed">
            {phone}
          </Text>
        )}
      </TableTd>
      <TableTd>
        <StatusBadge status={status === "sending" ? "pending" : status} />
        {errorTitle !== null && (
          <Text size="xs" c="dimmed" mt={2}>
            {errorTitle}
            {errorDetails !== null && errorDetails !== errorTitle && `: ${errorDetails}`}
          </Text>
        )}
      </TableTd>
      <TableTd visibleFrom="sm">
        <DateTime value={recipient.sentAt} />
      </TableTd>
      <TableTd visibleFrom="md">
        <DateTime value={recipient.deliveredAt} />
      </TableTd>
      <TableTd visibleFrom="md">
        <DateTime value={recipient.readAt} />
      </TableTd>
    </TableTr>
  );
}
