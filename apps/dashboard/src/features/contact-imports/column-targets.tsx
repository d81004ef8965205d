"use client";
import {
  Select,
  Table,
  TableTbody,
  TableTd,
  TableTh,
  TableThead,
  TableTr,
  Text,
} from "@mantine/core";
import type { ImportPreview } from "./import-settings.ts";

const targets = [
  { value: "phone", label: "Phone number" },
  { value: "name", label: "Name" },
  { value: "email", label: "E-mail address" },
  { value: "tags", label: "Tags" },
  { value: "own", label: "A column of your own" },
  { value: "ignore", label: "Leave it out" },
];

/** Edits the contact field that each column of the file fills. */
export function ColumnTargets({
  columns,
  mapping,
  onChange,
}: {
  columns: ImportPreview["columns"];
  mapping: Record<string, string>;
  onChange(mapping: Record<string, string>): void;
}) {
  const targetOf = ({ header, target }: { header: string; target: string }) =>
    mapping[header] ?? target;
  function choose(header: string, value: string): void {
    const target = value === "own" ? `attributes.${header}` : value;
    const all = Object.fromEntries(columns.map((column) => [column.header, targetOf(column)]));
    onChange({ ...all, [header]: target });
  }
  return (
    <Table verticalSpacing="xs" aria-label="Columns of the file">
      <TableThead>
        <TableTr>
          <TableTh>Column</TableTh>
          <TableTh visibleFrom="sm">For example</TableTh>
          <TableTh>Is the</TableTh>
        </TableTr>
      </TableThead>
      <TableTbody>
        {columns.map((column) => {
          const target = targetOf(column);
          return (
            <TableTr key={column.header}>
              <TableTd style={{ overflowWrap: "anywhere" }}>
                <Text size="sm" fw={600}>
                  {column.header}
                </Text>
                <Text size="xs" c="dimmed" hiddenFrom="sm">
                  {column.examples[0]}
                </Text>
              </TableTd>
              <TableTd visibleFrom="sm" style={{ overflowWrap: "anywhere" }}>
                <Text size="sm" c="dimmed">
                  {column.examples.join(", ")}
                </Text>
              </TableTd>
              <TableTd w={{ base: 170, sm: 230 }}>
                <Select
                  aria-label={`What ${column.header} is`}
                  data={targets}
                  value={target.startsWith("attributes.") ? "own" : target}
                  onChange={(value) => value && choose(column.header, value)}
                  allowDeselect={false}
                />
              </TableTd>
            </TableTr>
          );
        })}
      </TableTbody>
    </Table>
  );
}
