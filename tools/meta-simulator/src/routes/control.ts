import * as z from "zod";
import { replyJson, type Reply } from "../graph/reply.ts";
import { parseObject } from "../json.ts";
import { parsePhone } from "../ledger/recipients.ts";
import { faultsSchema, givenNumberSchema, parseInput, type Faults } from "../options.ts";
import { forcedOutcomeSchema } from "../outcomes/forced-outcomes.ts";
import { pickOptions } from "../registry.ts";
import type { SimulatorState } from "../state.ts";
import { changeTemplateStatus } from "../template/change-template-status.ts";
import { templateStatuses } from "../template/template.ts";

const controlSchema = z.strictObject({
  webhookUrl: z.url({ protocol: /^https?$/ }).nullish(),
  verifyToken: z.string().min(1).optional(),
  faults: faultsSchema.partial().optional(),
  outcomes: z.record(z.string(), forcedOutcomeSchema.nullable()).optional(),
  tokenExpired: z.boolean().optional(),
  webhooksPausedMs: z.number().int().min(0).optional(),
  templates: z
    .array(
      z.strictObject({
        name: z.string(),
        language: z.string().optional(),
        wabaId: z.string().optional(),
        status: z.enum(templateStatuses),
      }),
    )
    .optional(),
});

const webhookSchema = z.strictObject({
  wabaId: z.string(),
  field: z.string().min(1),
  value: z.unknown(),
});

/**
 * Handles POST /_control: changes the behavior of a running simulator.
 * @throws Error in one line if the body is invalid or the webhook URL can't be verified
 */
export async function control(state: SimulatorState, body: string): Promise<Reply> {
  const { webhookUrl, verifyToken, faults, outcomes, tokenExpired, webhooksPausedMs, templates } =
    parseInput(controlSchema, parseObject(body));
  for (const phone of Object.keys(outcomes ?? {}))
    if (parsePhone(phone) === -1) throw new Error("outcomes: a key is not a phone number");
  if (webhookUrl && verifyToken) {
    const error = await state.webhooks.client.verify(webhookUrl, verifyToken);
    if (error !== undefined) throw new Error(`webhookUrl: verification failed: ${error}`);
  }
  if (webhookUrl !== undefined) state.webhookUrl = webhookUrl ?? undefined;
  if (faults) Object.assign(state.faults, faults);
  for (const [phone, outcome] of Object.entries(outcomes ?? {}))
    state.forced.set(parsePhone(phone), outcome);
  if (tokenExpired !== undefined) state.isTokenExpired = tokenExpired;
  if (webhooksPausedMs !== undefined) state.webhooks.pause(webhooksPausedMs);
  for (const change of templates ?? []) changeTemplates(state, change);
  return replyJson({ success: true });
}

/**
 * Changes the given faults and keeps the others.
 * @throws Error if a value is invalid; its one sentence names every such fault
 */
export function setFaults(state: SimulatorState, faults: Partial<Faults>): void {
  Object.assign(state.faults, parseInput(faultsSchema, { ...state.faults, ...faults }));
}

/**
 * Handles POST /_numbers: adds a number, or changes an existing one.
 * @throws Error in one line if the body is invalid or the WABA of a number would change
 */
export function addNumber(state: SimulatorState, body: string): Reply {
  const number = state.registry.addNumber(parseInput(givenNumberSchema, parseObject(body)));
  return replyJson(pickOptions(number), 201);
}

/**
 * Handles POST /_webhooks: sends any change of an account, as Meta would.
 * @throws Error in one line if the body is invalid
 */
export function sendWebhook(state: SimulatorState, body: string): Reply {
  const { wabaId, field, value } = parseInput(webhookSchema, parseObject(body));
  state.webhooks.sendChange(wabaId, field, value);
  return replyJson({ success: true });
}

function changeTemplates(
  state: SimulatorState,
  change: NonNullable<z.infer<typeof controlSchema>["templates"]>[number],
): void {
  for (const waba of state.registry.wabas) {
    if (change.wabaId !== undefined && change.wabaId !== waba.id) continue;
    for (const template of waba.templates.named(change.name))
      if (change.language === undefined || change.language === template.language)
        changeTemplateStatus(state, waba, template, change.status);
  }
}
