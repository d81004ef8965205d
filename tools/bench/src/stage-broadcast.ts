import { sql } from "kysely";
import { z } from "zod";
import { addBroadcast } from "./add-broadcast.ts";
import { addOperator, createDraft, type Operator } from "./add-operator.ts";
import { callApi } from "./call-api.ts";
import type { Stack } from "./start-stack.ts";

export interface StagedBroadcast {
  broadcastId: string;
  /** @throws Error if the broadcast has no operator */
  operator(): Operator;
  start(): Promise<void>;
}

/**
 * Makes a broadcast that hasn't started: with frozen recipients, or as an operator's draft to
 * contacts, which the API launches.
 */
export async function stageBroadcast(
  stack: Stack,
  number: { phoneNumberId: string; messagesPerSecond: number; recipients: number },
  byOperator: boolean,
): Promise<StagedBroadcast> {
  if (!byOperator) {
    const broadcastId = await addBroadcast(stack, number);
    return {
      broadcastId,
      operator() {
        throw new Error("this scenario has no operator");
      },
      async start() {
        await sql`
          update whatsapp_broadcasts set status = 'sending', started_at = now()
          where id = ${broadcastId}
        `.execute(stack.db);
      },
    };
  }
  const operator = await addOperator(stack, number, number.recipients);
  const broadcastId = await createDraft(stack, operator);
  return {
    broadcastId,
    operator: () => operator,
    async start() {
      const api = { url: stack.api.url, apiKey: operator.apiKey };
      await callApi(api, "POST", `/v1/broadcasts/${broadcastId}/launch`, z.unknown());
    },
  };
}
