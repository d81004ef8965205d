import { Paper, Table, TableTbody, TableThead, TableTr } from "@mantine/core";
import type { ReactNode } from "react";

/** Frames a page of a list as a table. `head` is the cells of its heading, `children` its rows. */
export function ListTable({
  label,
  head,
  children,
}: {
  label: string;
  head: ReactNode;
  children: ReactNode;
}) {
  return (
    <Paper withBorder style={{ overflow: "hidden" }}>
      <Table verticalSpacing="sm" aria-label={label}>
        <TableThead>
          <TableTr>{head}</TableTr>
        </TableThead>
        <TableTbody>{children}</TableTbody>
      </Table>
    </Paper>
  );
}
