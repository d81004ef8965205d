import { isRecord } from "@loudhailer/runtime/is-record.ts";
import { parse } from "csv-parse/sync";

/** Counts each reason in a rejected.csv (column `reason`), most frequent first. */
export function countReasons(rejectedCsv: string): [reason: string, count: number][] {
  const counts = new Map<string, number>();
  const rows: unknown[] = parse(rejectedCsv, {
    columns: true,
    bom: true,
    relax_column_count: true,
  });
  for (const row of rows) {
    const reason = isRecord(row) && "reason" in row ? String(row["reason"]) : "?";
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  return [...counts].toSorted(([, a], [, b]) => b - a);
}
