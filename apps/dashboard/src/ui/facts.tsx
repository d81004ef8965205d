import { Table, TableTbody, TableTd, TableTh, TableTr } from "@mantine/core";
import type { ReactNode } from "react";

/** Lists facts with their names, each a `Fact`. */
export function Facts({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Table variant="vertical" layout="fixed" withRowBorders={false} aria-label={label}>
      <TableTbody>{children}</TableTbody>
    </Table>
  );
}

export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <TableTr>
      <TableTh w={150} style={{ background: "none", overflowWrap: "anywhere" }}>
        {name}
      </TableTh>
      <TableTd>{children}</TableTd>
    </TableTr>
  );
}
