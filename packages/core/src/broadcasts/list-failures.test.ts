import { glob, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { adviceFor } from "@loudhailer/whatsapp/error-taxonomy.ts";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { useControl } from "../testing/test-control.ts";
import { listFailures } from "./list-failures.ts";

const control = await useControl();
const root = fileURLToPath(new URL("../../../../", import.meta.url));

/** Returns Loudhailer's own error codes that any source file gives a recipient. */
async function ownCodes(): Promise<string[]> {
  const codes = new Set<string>();
  const rooms = "{packages/db,packages/core,services/dispatcher}/src/**/*.ts";
  for await (const file of glob(rooms, { cwd: root })) {
    if (/\.test\.ts$|\/test-/.test(file)) continue;
    const text = await readFile(root + file, "utf8");
    const places = text.matchAll(
      /(?:error_code\s*=\s*'|when r\.phone = '' then '|opted_out_at is not null then '|\bcode: "|missing is not null then ')([a-z_]+)["']/g,
    );
    for (const [, code = ""] of places) codes.add(code);
  }
  return [...codes];
}

test("listFailures gives specific advice for each of Loudhailer's own codes and for Meta's codes", async () => {
  const { organization, ctx } = await control.newOrganization();
  const codes = await ownCodes();
  expect(codes).toEqual(
    expect.arrayContaining(["opted_out", "missing_variable", "no_answer", "dispatcher_lost"]),
  );
  const id = await control.newBroadcast(organization, "completed", {
    failed: codes.length,
    skipped: 1,
  });
  await sql`
    update whatsapp_broadcast_recipients r
    set error_code = coalesce((${codes}::text[])[n.at], '131026')
    from (select id, row_number() over (order by id) as at
      from whatsapp_broadcast_recipients where broadcast_id = ${id}) n
    where r.id = n.id
  `.execute(control.owner);
  const failures = await listFailures(ctx, id);
  expect(failures).toHaveLength(codes.length + 1);
  const unknown = adviceFor(Number.NaN);
  for (const { errorCode, advice } of failures) {
    expect([errorCode, advice]).not.toEqual([errorCode, unknown]);
    expect(advice).toMatch(/\.$/);
  }
  expect(failures.find(({ errorCode }) => errorCode === "131026")?.advice).toBe(adviceFor(131_026));
  expect(failures.find(({ errorCode }) => errorCode === "opted_out")?.advice).toContain(
    "opted out",
  );
});
