import { setTimeout as wait } from "node:timers/promises";
import type { Database } from "@loudhailer/db/database.ts";
import type { Kysely } from "kysely";
import { z } from "zod";
import { createDraft, type Operator } from "./add-operator.ts";
import { callApi } from "./call-api.ts";
import { cpuSeconds, residentMb } from "./read-process.ts";
import { round } from "./round.ts";
import type { Stack } from "./start-stack.ts";

/** A figure for each process that is measured. */
type PerProcess = Record<"dispatcher" | "api" | "postgres" | "redis", number>;

export interface LaunchBench {
  stack: Stack;
  pids: PerProcess;
}

const created = z.object({ id: z.string() });
const pollMs = 25;
/** Shares of the messages after which the dispatcher's memory is read. */
const rssMarks = [0.1, 0.5, 1];
const runMsMax = 1_800_000;

/**
 * Sending rates: Meta's highest while the audience is being frozen, then more than the machine can
 * send.
 */
const ratesWhile = { freezing: 1_000, frozen: 10_000 };

/**
 * Creates and launches a broadcast to all of the operator's contacts over HTTP. Returns its figures
 * once it is completed.
 */
export async function launchOnce(bench: LaunchBench, operator: Operator, contacts: number) {
  const { stack, pids } = bench;
  const { db, simulator } = stack;
  const { apiKey, providerId, phoneNumberId } = operator;
  const api = { url: stack.api.url, apiKey };
  const readCpu = () => perProcess((name) => cpuSeconds(pids[name]));
  const broadcastId = await createDraft(stack, operator);
  await setRate(db, providerId, ratesWhile.freezing);
  const ledgerBefore = await simulator.numberLedger(phoneNumberId);
  const cpuBefore = readCpu();
  const launchedAtMs = Date.now();
  const { ms } = await callApi(api, "POST", `/v1/broadcasts/${broadcastId}/launch`, created);
  const followed = await follow(db, broadcastId, pids.dispatcher, () =>
    setRate(db, providerId, ratesWhile.frozen),
  );
  const ledger = await simulator.numberLedger(phoneNumberId);
  // The ledger has the number's first message, which belongs to its first broadcast.
  const first = ledgerBefore.first === null ? ledger.first : null;
  const { frozenAtMs, endedAtMs, total } = followed;
  return {
    launchMs: ms,
    recipients: total,
    isWhole: total === contacts && ledger.accepted - ledgerBefore.accepted === total,
    frozenPerSecond: Math.round(total / ((frozenAtMs - launchedAtMs) / 1_000)),
    firstMessageSeconds: first === null ? null : round((first - launchedAtMs) / 1_000),
    messagesPerSecond: Math.round(total / ((endedAtMs - launchedAtMs) / 1_000)),
    dispatcherMb: followed.dispatcherMb,
    cpuMicroseconds: perMessage(cpuBefore, readCpu(), total),
  };
}

async function setRate(
  db: Kysely<Database>,
  providerId: string,
  messagesPerSecond: number,
): Promise<void> {
  await db
    .updateTable("whatsapp_providers")
    .set({
      messages_per_second: messagesPerSecond,
      current_messages_per_second: messagesPerSecond,
    })
    .where("id", "=", providerId)
    .execute();
}

async function follow(
  db: Kysely<Database>,
  broadcastId: string,
  dispatcherPid: number,
  onFrozen: () => Promise<void>,
) {
  const deadline = Date.now() + runMsMax;
  const dispatcherMb: { sentShare: number; mb: number }[] = [];
  let frozenAtMs = 0;
  while (Date.now() < deadline) {
    const row = await db
      .selectFrom("whatsapp_broadcasts")
      .where("id", "=", broadcastId)
      .select(["status", "prepare_cursor", "total_recipients", "successful_sends", "failed_sends"])
      .executeTakeFirstOrThrow();
    const isFrozen = row.status !== "preparing" && row.prepare_cursor === null;
    if (isFrozen && frozenAtMs === 0) {
      frozenAtMs = Date.now();
      await onFrozen();
    }
    const share = (row.successful_sends + row.failed_sends) / Math.max(1, row.total_recipients);
    for (const sentShare of isFrozen ? rssMarks.slice(dispatcherMb.length) : []) {
      if (share >= sentShare) dispatcherMb.push({ sentShare, mb: residentMb(dispatcherPid) });
    }
    if (row.status === "completed") {
      return { frozenAtMs, endedAtMs: Date.now(), total: row.total_recipients, dispatcherMb };
    }
    if (!["preparing", "sending"].includes(row.status)) {
      throw new Error(`the broadcast is ${row.status}`);
    }
    await wait(pollMs);
  }
  throw new Error("the broadcast does not end");
}

export function perProcess(figureOf: (name: keyof PerProcess) => number): PerProcess {
  return {
    dispatcher: figureOf("dispatcher"),
    api: figureOf("api"),
    postgres: figureOf("postgres"),
    redis: figureOf("redis"),
  };
}

function perMessage(before: PerProcess, after: PerProcess, messages: number) {
  const cpu = perProcess((name) => Math.round(((after[name] - before[name]) * 1e6) / messages));
  return { ...cpu, total: cpu.dispatcher + cpu.api + cpu.postgres + cpu.redis };
}
