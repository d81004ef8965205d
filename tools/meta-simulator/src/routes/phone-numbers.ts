import { paginate } from "../graph/paginate.ts";
import { replyJson, type Reply } from "../graph/reply.ts";
import { selectFields, type GraphNode } from "../graph/select-fields.ts";
import type { PhoneNumber, Waba } from "../registry.ts";
import type { SimulatorState } from "../state.ts";
import type { GraphRequest } from "./request.ts";

const defaultFields = [
  "verified_name",
  "code_verification_status",
  "display_phone_number",
  "quality_rating",
  "platform_type",
  "throughput",
  "webhook_configuration",
];

const fieldNames = [
  ...defaultFields,
  "id",
  "whatsapp_business_manager_messaging_limit",
  "messaging_limit_tier",
  "name_status",
  "new_name_status",
  "status",
  "account_mode",
  "country_dial_code",
  "is_official_business_account",
  "is_pin_enabled",
  "is_on_biz_app",
  "last_onboarded_time",
  "certificate",
  "quality_score",
  "host_platform",
  "health_status",
];

/** Handles GET /{phone_number_id}. */
export function getPhoneNumber(
  state: SimulatorState,
  number: PhoneNumber,
  request: GraphRequest,
): Reply {
  return replyJson(selectNumberFields(request)(describeNumber(state, number)));
}

/** Handles GET /{waba_id}/phone_numbers. */
export function listPhoneNumbers(state: SimulatorState, waba: Waba, request: GraphRequest): Reply {
  const select = selectNumberFields(request);
  const nodes = state.registry
    .numbersOf(waba.id)
    .map((number) => select(describeNumber(state, number)));
  return replyJson(paginate(nodes, request.url, request.token));
}

function selectNumberFields(request: GraphRequest) {
  return selectFields(request, "WhatsAppBusinessPhoneNumber", fieldNames, defaultFields);
}

function describeNumber(state: SimulatorState, number: PhoneNumber): GraphNode {
  const waba = state.registry.waba(number.wabaId);
  return {
    id: number.phoneNumberId,
    verified_name: number.verifiedName,
    display_phone_number: number.displayPhoneNumber,
    code_verification_status: "VERIFIED",
    quality_rating: number.qualityRating,
    quality_score: { score: number.qualityRating },
    platform_type: "CLOUD_API",
    host_platform: "CLOUD_API",
    throughput: { level: number.throughputLevel },
    webhook_configuration: {
      application: state.webhookUrl,
      whatsapp_business_account: waba?.overrideCallbackUri,
    },
    whatsapp_business_manager_messaging_limit: number.messagingLimit,
    messaging_limit_tier: number.messagingLimit,
    name_status: "APPROVED",
    new_name_status: "NONE",
    status: "CONNECTED",
    account_mode: "LIVE",
    is_official_business_account: false,
    is_pin_enabled: true,
    is_on_biz_app: false,
    health_status: { can_send_message: "AVAILABLE", entities: [] },
  };
}
