import { invalidToken, parameterFailure } from "../graph/graph-error.ts";
import { replyJson, type Reply } from "../graph/reply.ts";
import type { SimulatorState } from "../state.ts";
import type { GraphRequest } from "./request.ts";

const scopes = ["whatsapp_business_management", "whatsapp_business_messaging"];

/** Handles GET /debug_token?input_token=… */
export function debugToken(state: SimulatorState, request: GraphRequest): Reply {
  const token = request.url.searchParams.get("input_token");
  if (!token) throw parameterFailure("The parameter input_token is required.");
  const wabaIds = state.registry.wabaIdsOf(token);
  if (wabaIds.length === 0) {
    const { code, message } = invalidToken.answer;
    return replyJson({ data: { error: { code, message }, is_valid: false, scopes: [] } });
  }
  return replyJson({
    data: {
      app_id: state.options.appId,
      type: "SYSTEM_USER",
      application: "Meta simulator",
      data_access_expires_at: 0,
      expires_at: 0,
      is_valid: true,
      issued_at: 1_712_099_387,
      scopes,
      granular_scopes: scopes.map((scope) => ({ scope, target_ids: wabaIds })),
      user_id: "10222270944537964",
    },
  });
}
