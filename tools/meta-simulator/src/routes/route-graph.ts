import {
  GraphFailure,
  expiredToken,
  invalidToken,
  missingToken,
  noPermissionOnWaba,
  unknownObject,
} from "../graph/graph-error.ts";
import type { Reply } from "../graph/reply.ts";
import type { PhoneNumber, Waba } from "../registry.ts";
import type { SimulatorState } from "../state.ts";
import { checkSecretProof } from "./check-secret-proof.ts";
import { debugToken } from "./debug-token.ts";
import { handleMedia, uploadMedia } from "./media.ts";
import { getPhoneNumber, listPhoneNumbers } from "./phone-numbers.ts";
import type { GraphRequest } from "./request.ts";
import { sendMessage } from "./send-message.ts";
import { handleSubscribedApps } from "./subscribed-apps.ts";
import { handleTemplate, handleTemplates } from "./templates.ts";
import { handleUpload, startUpload } from "./uploads.ts";
import { getWaba } from "./wabas.ts";

/**
 * Answers a call to the Graph API: checks the token, finds the object, then runs the operation.
 * @throws GraphFailure if the call is refused
 */
export async function routeGraph(state: SimulatorState, request: GraphRequest): Promise<Reply> {
  const [id = "", edge] = request.path;
  const number = state.registry.number(id);
  try {
    checkToken(state, request.token);
    checkSecretProof(state, request);
    // A token of another account learns nothing about a number, not even that it exists.
    const isHidden = number?.accessToken !== request.token;
    if (isHidden && (number || edge === "messages")) throw unknownObject(request.method, id);
  } catch (error) {
    if (edge === "messages" && error instanceof GraphFailure)
      state.ledger.countRefusal(String(error.answer.code), number?.index);
    throw error;
  }
  if (id === "debug_token") return debugToken(state, request);
  if (id === state.options.appId && edge === "uploads") return startUpload(state, request);
  if (id.startsWith("upload:")) return handleUpload(state, id + request.url.search, request);
  if (number) return routeNumber(state, number, request);
  const waba = state.registry.waba(id);
  if (waba) return routeWaba(state, waba, request);
  return routeObject(state, id, request);
}

function checkToken(state: SimulatorState, token: string): void {
  if (token === "") throw missingToken;
  if (!state.registry.isToken(token)) throw invalidToken;
  if (state.isTokenExpired) throw expiredToken;
}

function routeNumber(
  state: SimulatorState,
  number: PhoneNumber,
  request: GraphRequest,
): Reply | Promise<Reply> {
  switch (`${request.method} ${request.path.slice(1).join("/")}`) {
    case "GET ":
      return getPhoneNumber(state, number, request);
    case "POST messages":
      return sendMessage(state, number, request.body);
    case "POST media":
      return uploadMedia(state, number, request);
    default:
      throw unknownObject(request.method, number.phoneNumberId);
  }
}

function routeWaba(
  state: SimulatorState,
  waba: Waba,
  request: GraphRequest,
): Reply | Promise<Reply> {
  if (!state.registry.canSeeWaba(request.token, waba.id)) throw noPermissionOnWaba;
  switch (request.path.slice(1).join("/")) {
    case "":
      if (request.method !== "GET") throw unknownObject(request.method, waba.id);
      return getWaba(state, waba, request);
    case "phone_numbers":
      return listPhoneNumbers(state, waba, request);
    case "message_templates":
      return handleTemplates(state, waba, request);
    case "subscribed_apps":
      return handleSubscribedApps(state, waba, request);
    default:
      throw unknownObject(request.method, waba.id);
  }
}

function routeObject(state: SimulatorState, id: string, request: GraphRequest): Reply {
  const media = state.media.get(id);
  if (media && state.registry.canSeeWaba(request.token, media.wabaId))
    return handleMedia(state, media, request);
  for (const waba of state.registry.wabas) {
    const template = waba.templates.findById(id);
    if (template && state.registry.canSeeWaba(request.token, waba.id))
      return handleTemplate(state, waba, template, request);
  }
  throw unknownObject(request.method, id);
}
