import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import { describe, expect, onTestFinished, test } from "vitest";
import { getBroadcast } from "./broadcasts/get-broadcast.ts";
import { launchBroadcast } from "./broadcasts/launch-broadcast.ts";
import { resumeBroadcast } from "./broadcasts/resume-broadcast.ts";
import { prepareNextSlice } from "./engine/prepare-broadcast.ts";
import { getContactImport } from "./imports/get-contact-import.ts";
import {
  awayKinds,
  backgroundLoops,
  kinds,
  type Kind,
  type Loop,
  type Place,
} from "./testing/background-loops.ts";
import { useControl } from "./testing/test-control.ts";

const control = await useControl();
const { engine, owner } = control;
const { draft, importTwo, prepareAll, loops } = backgroundLoops(control);

/** Makes every such change of the organization's rows raise the SQLSTATE until it is taken away. */
async function raise(state: Kind, { organization }: Place, { on, at, when }: Loop["trigger"]) {
  const name = sql.id(`broken_${randomUUID().replaceAll("-", "")}`);
  await sql`create function ${name}() returns trigger language plpgsql as
    ${sql.lit(`begin raise exception using errcode = '${state}', message = 'made for a test'; end`)}
  `.execute(owner);
  const row = sql.raw(at === "delete" ? "old" : "new");
  await sql`create trigger ${name} before ${sql.raw(at)} on ${sql.table(on)} for each row
    when (${row}.organization_id = ${sql.lit(organization.organizationId)}
      ${sql.raw(when === undefined ? "" : `and ${when}`)}) execute function ${name}()`.execute(
    owner,
  );
  const takeAway = () => sql`drop function if exists ${name} cascade`.execute(owner);
  onTestFinished(async () => void (await takeAway()));
  return takeAway;
}

const cases = Object.entries(loops).flatMap(([name, loop]) =>
  kinds.filter((kind) => kind !== "TypeError" || "malform" in loop).map((kind) => ({ name, kind })),
);

/** An item of an organization that the error concerns, and one, worked on after it, of another. */
async function addTwo(loop: Loop) {
  const broken = await control.newOrganization();
  const healthy = await control.newOrganization();
  const brokenId = await loop.add(broken);
  const healthyId = await loop.add(healthy);
  return {
    broken,
    brokenId,
    stateOfBroken: () => loop.stateOf(broken, brokenId),
    stateOfHealthy: () => loop.stateOf(healthy, healthyId),
  };
}

function loopOf(name: string): Loop {
  const loop = loops[name];
  if (!loop) throw new Error(`There is no loop ${name}.`);
  return loop;
}

describe("an unexpected error in one organization's item", () => {
  test.each(cases.filter(({ kind }) => !awayKinds.includes(kind)))(
    "$name: $kind stops that item, and the other organization's is done",
    async ({ name, kind }) => {
      const loop = loopOf(name);
      const { broken, brokenId, stateOfBroken, stateOfHealthy } = await addTwo(loop);
      if (kind === "TypeError") await loop.malform?.(broken, brokenId);
      else await raise(kind, broken, loop.trigger);
      const outcome = await loop.run().then(
        () => "resolved",
        (error: unknown) => String(error),
      );
      expect(await stateOfHealthy()).toBe("done");
      const reason = loop.reason?.(kind);
      expect(await stateOfBroken()).toMatch(reason ?? /^waiting$/);
      expect(outcome).toMatch(reason ? /^resolved$/ : new RegExp(brokenId));
    },
  );
});

describe("while the database can't do the work of one item", () => {
  test.each(cases.filter(({ kind }) => awayKinds.includes(kind)))(
    "$name: $kind fails no item, and all are done afterwards",
    async ({ name, kind }) => {
      const loop = loopOf(name);
      const { broken, stateOfBroken, stateOfHealthy } = await addTwo(loop);
      const takeAway = await raise(kind, broken, loop.trigger);
      await expect(loop.run()).rejects.toThrow(/made for a test|could not be handled/);
      expect(await stateOfBroken()).toBe("waiting");
      const proceeds = kind === "40P01" && !loop.waitsTogether;
      expect(["done", proceeds ? "done" : "waiting"]).toContain(await stateOfHealthy());
      await takeAway();
      await loop.run();
      expect([await stateOfBroken(), await stateOfHealthy()]).toEqual(["done", "done"]);
    },
  );
});

test("a broadcast whose rest can't be prepared is paused with the reason and continues on resume", async () => {
  const place = await control.newOrganization();
  const id = await draft(place);
  await sql`insert into contacts (organization_id, phone, name)
    select ${place.organization.organizationId}, '+1556' || lpad(n::text, 7, '0'), 'Ada'
    from generate_series(1, 2000) n`.execute(owner);
  await prepareAll();
  await launchBroadcast(place.ctx, id);
  await prepareNextSlice(engine);
  const takeAway = await raise("XX000", place, {
    on: "whatsapp_broadcast_recipients",
    at: "insert",
  });
  await prepareAll();
  expect(await getBroadcast(place.ctx, id)).toMatchObject({
    status: "paused",
    pauseReason: "unexpected_error",
    pauseMessage: expect.stringMatching(/unexpected error.*resume/),
  });
  await takeAway();
  await resumeBroadcast(place.ctx, id);
  await prepareAll();
  expect(await getBroadcast(place.ctx, id)).toMatchObject({
    status: "sending",
    totalRecipients: 2_002,
  });
});

test("a running import that meets an unexpected error says so and is logged", async () => {
  const place = await control.newOrganization();
  await raise("XX000", place, { on: "contacts", at: "insert" });
  const id = await importTwo(place);
  expect(await getContactImport(place.ctx, id)).toMatchObject({
    status: "failed",
    failureReason: expect.stringMatching(/unexpected error.*undone.*log/),
  });
});
