import { GraphFailure, parameterFailure } from "../graph/graph-error.ts";
import { replyJson, type Reply } from "../graph/reply.ts";
import type { Waba } from "../registry.ts";
import type { SimulatorState } from "../state.ts";
import { readParameters } from "./read-parameters.ts";
import type { GraphRequest } from "./request.ts";

/** Handles GET, POST, and DELETE /{waba_id}/subscribed_apps. */
export async function handleSubscribedApps(
  state: SimulatorState,
  waba: Waba,
  request: GraphRequest,
): Promise<Reply> {
  switch (request.method) {
    case "GET":
      return replyJson({ data: listSubscriptions(state, waba) });
    case "DELETE":
      waba.isSubscribed = false;
      waba.overrideCallbackUri = undefined;
      return replyJson({ success: true });
    default:
      return subscribe(state, waba, request);
  }
}

// Subscribing without a callback URL removes an earlier one, as at Meta.
async function subscribe(state: SimulatorState, waba: Waba, request: GraphRequest): Promise<Reply> {
  const { override_callback_uri: callback, verify_token: verifyToken } = readParameters(request);
  if (callback !== undefined) {
    if (typeof callback !== "string" || !URL.canParse(callback))
      throw parameterFailure("Invalid callback URI format");
    if (typeof verifyToken !== "string" || verifyToken === "")
      throw parameterFailure("The parameter verify_token is required.");
    const error = await state.webhooks.client.verify(callback, verifyToken);
    if (error !== undefined)
      throw new GraphFailure({
        httpStatus: 400,
        code: 2200,
        message: `(#2200) Callback verification failed with the following errors: ${error}`,
      });
  }
  waba.isSubscribed = true;
  waba.overrideCallbackUri = callback;
  return replyJson({ success: true });
}

function listSubscriptions(state: SimulatorState, waba: Waba): unknown[] {
  if (!waba.isSubscribed) return [];
  const { appId } = state.options;
  return [
    {
      whatsapp_business_api_data: {
        id: appId,
        name: "Meta simulator",
        link: `https://www.facebook.com/games/?app_id=${appId}`,
      },
      override_callback_uri: waba.overrideCallbackUri,
    },
  ];
}
