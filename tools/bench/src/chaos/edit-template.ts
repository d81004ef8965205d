import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";
import { accessToken } from "../bench-broadcast.ts";
import { callApi } from "../call-api.ts";
import { NotOfferedError, type ChaosScenario, type Disturbed } from "../chaos-scenario.ts";
import { allSettled } from "./allowed.ts";

const editAfterMs = 4_000;
/** Time until the webhook of the edited template's approval has arrived. */
const reviewMs = 1_000;
/** Meta refuses a template that is under review, which may be noticed before the edit is. */
const underReview = "meta_132001";
const pauseMsMax = 15_000;
const addition = " Only today.";

const component = z.looseObject({ type: z.string(), text: z.string().optional() });
const templates = z.object({
  data: z.array(z.object({ id: z.string(), components: z.array(component) })),
});
const broadcast = z.object({ status: z.string(), pauseReason: z.string().nullable() });

function apiOf({ stack, operator }: Disturbed) {
  return { url: stack.api.url, apiKey: operator().apiKey };
}

const sync = (disturbed: Disturbed) =>
  callApi(apiOf(disturbed), "POST", "/v1/templates/sync", z.unknown(), {});

/** Adds a sentence to the template's text at Meta. */
async function editAtMeta({ stack, phoneNumberId }: Disturbed): Promise<void> {
  const headers = { authorization: `Bearer ${accessToken}`, "content-type": "application/json" };
  const list = await fetch(
    `${stack.simulatorUrl}/v25.0/8${phoneNumberId}/message_templates?name=spring_sale`,
    { headers },
  );
  const [found] = templates.parse(await list.json()).data;
  if (!found) throw new Error("the simulator has no template spring_sale");
  const components = found.components.map((part) =>
    part.type === "BODY" ? { ...part, text: `${part.text}${addition}` } : part,
  );
  const body = JSON.stringify({ components });
  const edit = await fetch(`${stack.simulatorUrl}/v25.0/${found.id}`, {
    method: "POST",
    headers,
    body,
  });
  if (!edit.ok) throw new Error(`the simulator refused the edit: ${await edit.text()}`);
}

async function waitForPause(disturbed: Disturbed): Promise<z.infer<typeof broadcast>> {
  const deadline = performance.now() + pauseMsMax;
  const path = `/v1/broadcasts/${disturbed.broadcastId}`;
  for (;;) {
    const { body } = await callApi(apiOf(disturbed), "GET", path, broadcast);
    if (body.status === "paused" || performance.now() > deadline) return body;
    await wait(100);
  }
}

/** The template is edited at Meta in mid-broadcast: the broadcast pauses, says so, and is resumed. */
export const editTemplate: ChaosScenario = {
  name: "edit-template",
  seconds: 20,
  allowed: allSettled,
  byOperator: true,
  async prepare(disturbed) {
    const document = await (await fetch(`${disturbed.stack.api.url}/openapi.json`)).text();
    if (!document.includes('"template_edited"')) throw new NotOfferedError("pauses for an edit");
    // The broadcast starts with Meta's present text.
    await sync(disturbed);
  },
  async disturb(disturbed) {
    const { stack, broadcastId, note, violate } = disturbed;
    await wait(editAfterMs);
    await editAtMeta(disturbed);
    await wait(reviewMs);
    await sync(disturbed);
    const { status, pauseReason } = await waitForPause(disturbed);
    if (pauseReason !== "template_edited" && pauseReason !== underReview) {
      violate(`after the edit: ${status}, ${pauseReason}`);
    }
    note({ pauseReason });
    const path = `/v1/broadcasts/${broadcastId}/resume`;
    await callApi(apiOf(disturbed), "POST", path, z.unknown());
    const { template_snapshot: taken } = await stack.db
      .selectFrom("whatsapp_broadcasts")
      .where("id", "=", broadcastId)
      .select("template_snapshot")
      .executeTakeFirstOrThrow();
    if (!JSON.stringify(taken).includes(addition)) violate("the resume took the former text");
  },
};
