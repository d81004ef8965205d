export const templateStatuses = [
  "APPROVED",
  "PENDING",
  "REJECTED",
  "PAUSED",
  "DISABLED",
  "IN_APPEAL",
  "ARCHIVED",
] as const;
export type TemplateStatus = (typeof templateStatuses)[number];

export interface TemplateButton {
  readonly type: string;
  readonly text?: string;
  readonly url?: string;
  readonly phone_number?: string;
  readonly example?: unknown;
  readonly otp_type?: string;
}

/** Component as the Graph API returns it: a type in upper case, and fields that depend on it. */
export interface TemplateComponent {
  readonly type: string;
  readonly format?: string;
  readonly text?: string;
  readonly example?: unknown;
  readonly buttons?: readonly TemplateButton[];
  readonly cards?: readonly { readonly components: readonly TemplateComponent[] }[];
  readonly limited_time_offer?: { readonly text?: string; readonly has_expiration?: boolean };
  readonly add_security_recommendation?: boolean;
  readonly code_expiration_minutes?: number;
}

/** Template without the ID that each account gives it. */
export interface TemplateDefinition {
  readonly name: string;
  readonly language: string;
  readonly category: "MARKETING" | "UTILITY" | "AUTHENTICATION";
  readonly status: TemplateStatus;
  readonly parameter_format: "POSITIONAL" | "NAMED";
  readonly components: readonly TemplateComponent[];
  readonly rejected_reason?: string;
  readonly quality_score?: string;
  readonly sub_category?: string;
  readonly message_send_ttl_seconds?: number;
}

export interface Template extends TemplateDefinition {
  readonly id: string;
}
