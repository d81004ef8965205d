import { randomBytes } from "node:crypto";
import { testTemplate, type TestOrganization } from "@loudhailer/testing/create-test-broadcast.ts";
import { sql } from "kysely";
import { createBroadcast } from "../broadcasts/create-broadcast.ts";
import { launchBroadcast } from "../broadcasts/launch-broadcast.ts";
import { scheduleBroadcast } from "../broadcasts/schedule-broadcast.ts";
import { createContactJob } from "../contact-jobs/create-contact-job.ts";
import { getContactJob } from "../contact-jobs/get-contact-job.ts";
import { runContactJobs } from "../contact-jobs/run-contact-jobs.ts";
import { launchDueBroadcasts } from "../engine/launch-due-broadcasts.ts";
import { prepareNextSlice } from "../engine/prepare-broadcast.ts";
import { getContactImport } from "../imports/get-contact-import.ts";
import { importContacts } from "../imports/import-contacts.ts";
import { resumeContactImports } from "../imports/resume-contact-imports.ts";
import { undoContactImport } from "../imports/undo-contact-import.ts";
import { countActivity } from "../overview/count-activity.ts";
import { describeReason } from "../pauses/describe-reason.ts";
import type { TenantContext } from "../tenant-context.ts";
import { keepWebhookEvents } from "../webhook-events/keep-webhook-events.ts";
import { retryDueWebhookEvents } from "../webhook-events/retry-webhook-events.ts";
import { addContacts } from "./add-contacts.ts";
import type { Control } from "./recipient-world.ts";

export interface Place {
  organization: TestOrganization;
  ctx: TenantContext;
}

/** State of an organization's item: it waits as before, is done, or stopped with a reason. */
type State = "waiting" | "done" | `stopped: ${string}`;

export interface Loop {
  /** Makes an item that the loop has to work on, and returns its id. */
  add(place: Place): Promise<string>;
  run(): Promise<unknown>;
  stateOf(place: Place, id: string): Promise<State>;
  /** Moment of the item's work at which a trigger raises an error. */
  trigger: { on: string; at: "insert" | "update" | "delete"; when?: string };
  /** Makes stored JSON so malformed that reading it is a TypeError; missing if the loop reads none. */
  malform?(place: Place, id: string): Promise<unknown>;
  /** Reason of an item that the kind of error has stopped; missing if none is shown. */
  reason?(kind: Kind): RegExp;
  /** True if all items wait when the database can't do the work of one. */
  waitsTogether?: true;
}

export const kinds = ["TypeError", "XX000", "40P01", "53100"] as const;
export type Kind = (typeof kinds)[number];
/** SQLSTATEs for which the database is away: one item's own deadlock, and no disk left at all. */
export const awayKinds: readonly Kind[] = ["40P01", "53100"];

async function* twoRows(): AsyncGenerator<Uint8Array> {
  yield Buffer.from("phone\n+4915110100001\n+4915110100002\n");
}

const unexpected = () => /unexpected error.*new broadcast.*log/;

/** Functions that make items for the background loops, and the loops themselves. */
export function backgroundLoops(control: Control) {
  const { engine, enginePool, owner } = control;
  const { engineDb, log } = engine;

  async function draft({ organization, ctx }: Place): Promise<string> {
    await addContacts(owner, organization, 2);
    const { id } = await createBroadcast(ctx, {
      name: "Spring",
      providerId: organization.providerId,
      templateId: organization.templateId,
      segmentCriteria: { combinator: "and", rules: [] },
      variables: { body: { 1: { source: "field", field: "name" } } },
    });
    return id;
  }

  async function importTwo({ ctx }: Place): Promise<string> {
    const { id } = await importContacts(ctx, { open: twoRows, fileName: "a.csv", log });
    return id;
  }

  async function prepareAll(): Promise<void> {
    while ((await prepareNextSlice(engine)) !== null);
  }

  async function stateOfBroadcast(id: string, from: string): Promise<State> {
    const { status, failure_reason: reason } = await owner
      .selectFrom("whatsapp_broadcasts")
      .where("id", "=", id)
      .select(["status", "failure_reason"])
      .executeTakeFirstOrThrow();
    if (status === from) return "waiting";
    return status === "failed" ? `stopped: ${describeReason(reason ?? "")}` : "done";
  }

  const loops: Record<string, Loop> = {
    "preparing audiences": {
      async add(place) {
        const id = await draft(place);
        await launchBroadcast(place.ctx, id);
        return id;
      },
      run: prepareAll,
      stateOf: (_place, id) => stateOfBroadcast(id, "preparing"),
      trigger: { on: "whatsapp_broadcast_recipients", at: "insert" },
      malform: (_place, id) =>
        control.setBroadcast(id, {
          template_snapshot: JSON.stringify({ name: null, components: testTemplate.components }),
        }),
      reason: unexpected,
    },
    "launching due broadcasts": {
      async add(place) {
        const id = await draft(place);
        const scheduledAt = new Date(Date.now() + 60_000).toISOString();
        await scheduleBroadcast(place.ctx, id, { scheduledAt });
        await control.setBroadcast(id, { scheduled_at: new Date(Date.now() - 1_000) });
        return id;
      },
      run: () => launchDueBroadcasts(engine),
      stateOf: (_place, id) => stateOfBroadcast(id, "scheduled"),
      trigger: {
        on: "whatsapp_broadcasts",
        at: "update",
        when: "new.status = 'preparing' and old.status = 'scheduled'",
      },
      malform: (_place, id) =>
        control.setBroadcast(id, { variables: JSON.stringify({ body: { 1: null } }) }),
      reason: unexpected,
    },
    "undoing imports": {
      async add(place) {
        const id = await importTwo(place);
        await undoContactImport(place.ctx, id);
        return id;
      },
      run: () => resumeContactImports({ db: engineDb, log }),
      async stateOf({ ctx }, id) {
        const { status, failureReason } = await getContactImport(ctx, id);
        if (status === "undoing") return "waiting";
        return status === "undone" ? "done" : `stopped: ${failureReason}`;
      },
      trigger: { on: "contacts", at: "delete" },
      reason: () => /unexpected error.*log/,
    },
    "ending interrupted imports": {
      async add(place) {
        const id = await importTwo(place);
        await sql`update contact_imports set status = 'processing', completed_at = null,
        active_at = now() - interval '1 hour' where id = ${id}`.execute(owner);
        return id;
      },
      run: () => resumeContactImports({ db: engineDb, log }),
      async stateOf({ ctx }, id) {
        const { status, failureReason } = await getContactImport(ctx, id);
        if (status !== "failed") return "waiting";
        return /interrupted/.test(failureReason ?? "") ? "done" : `stopped: ${failureReason}`;
      },
      trigger: { on: "contacts", at: "delete" },
      reason: () => /unexpected error.*log/,
    },
    "running contact jobs": {
      async add({ organization, ctx }) {
        await addContacts(owner, organization, 2);
        const segmentCriteria = { combinator: "and" as const, rules: [] };
        const { id } = await createContactJob(ctx, { segmentCriteria, action: { addTags: ["a"] } });
        return id;
      },
      run: () => runContactJobs({ db: engineDb, log }),
      async stateOf({ ctx }, id) {
        const { status, failureReason } = await getContactJob(ctx, id);
        if (status === "working") return "waiting";
        return status === "completed" ? "done" : `stopped: ${failureReason}`;
      },
      trigger: { on: "contacts", at: "update" },
      malform: (_place, id) =>
        sql`update contact_jobs set action = 'null' where id = ${id}`.execute(owner),
      reason: () => /unexpected error.*again.*log/,
    },
    "retrying webhook events": {
      async add({ organization }) {
        const { organizationId, phoneNumberId, wabaId } = organization;
        await keepWebhookEvents(engineDb, [
          {
            organizationId,
            phoneNumberId,
            wabaId,
            field: "message_template_components_update",
            payload: {
              message_template_name: "parcel_update",
              message_template_language: "en_US",
              message_template_element: "Hello {{1}}, here it is.",
            },
            happenedAt: new Date(),
            signedWith: null,
            reason: "unknown_template",
          },
        ]);
        await sql`update webhook_events set next_attempt_at = now() where next_attempt_at is not null`.execute(
          owner,
        );
        const { id } = await owner
          .selectFrom("webhook_events")
          .where("organization_id", "=", organizationId)
          .select("id")
          .executeTakeFirstOrThrow();
        return id;
      },
      async run() {
        await sql`update webhook_events set next_attempt_at = now() where next_attempt_at is not null`.execute(
          owner,
        );
        const keyring = { currentId: "k", keys: new Map([["k", randomBytes(32)]]) };
        const deps = { pool: enginePool, db: engineDb, keyring, platformAppSecret: undefined };
        await retryDueWebhookEvents(deps);
      },
      async stateOf(_place, id) {
        const { applied_at: appliedAt, reason } = await owner
          .selectFrom("webhook_events")
          .where("id", "=", id)
          .select(["applied_at", "reason"])
          .executeTakeFirstOrThrow();
        if (appliedAt !== null) return "done";
        return reason === "unknown_template" ? "waiting" : `stopped: ${reason}`;
      },
      trigger: { on: "whatsapp_templates", at: "update" },
      malform: ({ organization }) =>
        sql`update whatsapp_templates set components = '1' where id = ${organization.templateId}`.execute(
          owner,
        ),
      reason: (kind) => new RegExp(`refused: ${kind}`),
      waitsTogether: true,
    },
    "counting activity": {
      add: ({ organization }) => control.newBroadcast(organization, "completed", { sent: 1 }),
      run: () => countActivity(engineDb),
      async stateOf(_place, id) {
        const counted = await owner
          .selectFrom("broadcast_activity_counts")
          .where("broadcast_id", "=", id)
          .select("broadcast_id")
          .execute();
        return counted.length > 0 ? "done" : "waiting";
      },
      trigger: { on: "broadcast_activity", at: "insert" },
    },
  };

  return { draft, importTwo, prepareAll, loops };
}
