import { replyJson, type Reply } from "../graph/reply.ts";
import { selectFields } from "../graph/select-fields.ts";
import type { Waba } from "../registry.ts";
import type { SimulatorState } from "../state.ts";
import type { GraphRequest } from "./request.ts";

const defaultFields = ["id", "name", "timezone_id", "message_template_namespace"];

const fieldNames = [
  ...defaultFields,
  "currency",
  "country",
  "account_review_status",
  "business_verification_status",
  "ownership_type",
  "is_enabled_for_insights",
  "status",
  "whatsapp_business_manager_messaging_limit",
  "health_status",
  "owner_business_info",
];

/** Handles GET /{waba_id}. */
export function getWaba(state: SimulatorState, waba: Waba, request: GraphRequest): Reply {
  const select = selectFields(request, "WhatsAppBusinessAccount", fieldNames, defaultFields);
  const [number] = state.registry.numbersOf(waba.id);
  return replyJson(
    select({
      id: waba.id,
      name: number?.verifiedName,
      timezone_id: "1",
      message_template_namespace: `ns_${waba.id}`,
      currency: "USD",
      country: "US",
      account_review_status: "APPROVED",
      business_verification_status: "verified",
      ownership_type: "SELF",
      is_enabled_for_insights: true,
      status: "ACTIVE",
      whatsapp_business_manager_messaging_limit: number?.messagingLimit,
      // Each account has its own portfolio.
      owner_business_info: { id: `9${waba.id}`, name: number?.verifiedName },
      health_status: { can_send_message: "AVAILABLE", entities: [] },
    }),
  );
}
