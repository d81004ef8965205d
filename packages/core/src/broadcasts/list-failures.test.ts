import { ownRecipientCodes } from "@loudhailer/contracts/recipient-codes.ts";
import { adviceFor } from "@loudhailer/whatsapp/error-taxonomy.ts";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { useControl } from "../testing/test-control.ts";
import { listFailures } from "./list-failures.ts";

const control = await useControl();

test("listFailures gives specific advice for each of Loudhailer's own codes and for Meta's codes", async () => {
  const { organization, ctx } = await control.newOrganization();
  const codes = ownRecipientCodes;
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

test("listFailures shows a code as it is when only a newer version knows it", async () => {
  const { organization, ctx } = await control.newOrganization();
  const id = await control.newBroadcast(organization, "completed", { failed: 1 });
  await sql`
    update whatsapp_broadcast_recipients set error_code = 'moon_is_full' where broadcast_id = ${id}
  `.execute(control.owner);
  expect(await listFailures(ctx, id)).toMatchObject([
    { errorCode: "moon_is_full", title: "moon_is_full", nextStep: "none", count: 1 },
  ]);
});
