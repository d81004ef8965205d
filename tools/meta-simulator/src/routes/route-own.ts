import { replyJson, type Reply } from "../graph/reply.ts";
import { listMessages } from "../ledger/list-messages.ts";
import { summarizeLedger } from "../ledger/summarize-ledger.ts";
import { resetState, type SimulatorState } from "../state.ts";
import { addNumber, control, sendWebhook } from "./control.ts";

/**
 * Answers the simulator's own routes, which all begin with `/_`. They need no token. Invalid input
 * is answered with 400 and the error's line.
 */
export async function routeOwn(
  state: SimulatorState,
  method: string,
  url: URL,
  body: Buffer,
): Promise<Reply> {
  try {
    return await findOwn(state, method, url, body.toString());
  } catch (error) {
    return replyJson({ error: error instanceof Error ? error.message : String(error) }, 400);
  }
}

function findOwn(
  state: SimulatorState,
  method: string,
  url: URL,
  body: string,
): Reply | Promise<Reply> {
  const query = url.searchParams;
  switch (`${method} ${url.pathname}`) {
    case "GET /_ledger":
      return replyJson(summarizeLedger(state));
    case "GET /_ledger/messages":
      return replyJson(
        listMessages(state, Number(query.get("limit")) || 1000, Number(query.get("after")) || 0),
      );
    case "POST /_control":
      return control(state, body);
    case "POST /_numbers":
      return addNumber(state, body);
    case "POST /_webhooks":
      return sendWebhook(state, body);
    case "POST /_reset":
      resetState(state);
      return replyJson({ success: true });
    default:
      return getMediaBytes(state, url) ?? replyJson({ error: "there is no such route" }, 404);
  }
}

function getMediaBytes(state: SimulatorState, url: URL): Reply | undefined {
  const id = /^\/_media\/(\d+)$/.exec(url.pathname)?.[1] ?? "";
  const bytes = state.media.bytes(id);
  const contentType = state.media.get(id)?.mimeType;
  return bytes && contentType ? { status: 200, body: bytes, contentType } : undefined;
}
