import type { AuditAction } from "@loudhailer/contracts/audit-actions.ts";
import type {
  FailureReason,
  NumberReason,
  PauseReason,
} from "@loudhailer/contracts/broadcast-reasons.ts";
import type { BroadcastView, RecipientView } from "@loudhailer/contracts/broadcasts.ts";
import type { ContactImport } from "@loudhailer/contracts/contact-imports.ts";
import type { ContactJob } from "@loudhailer/contracts/contacts.ts";
import type { MediaView } from "@loudhailer/contracts/media.ts";
import type { ProviderView } from "@loudhailer/contracts/providers.ts";
import type { RecipientCode } from "@loudhailer/contracts/recipient-codes.ts";
import type { ColumnType, Generated, GeneratedAlways, JSONColumnType } from "kysely";

type CreatedAt = ColumnType<Date, Date | string | undefined, Date | string>;
type NullableTimestamp = ColumnType<
  Date | null,
  Date | string | null | undefined,
  Date | string | null
>;
type Json<T extends object> = JSONColumnType<T>;
type JsonWithDefault<T extends object> = ColumnType<T, string | undefined, string>;
type NullableJson<T extends object> = ColumnType<
  T | null,
  string | null | undefined,
  string | null
>;
/**
 * A code, stored as text. Only a code of the union can be written, but any text may be read: a newer
 * version may have written a code that this one doesn't know.
 */
type StoredCode<Code extends string> = ColumnType<string, Code, Code>;
type NullableStoredCode<Code extends string> = ColumnType<
  string | null,
  Code | null | undefined,
  Code | null
>;
/** PostgreSQL's bigint: a string in JavaScript, so that no digit is lost. */
type BigintId = GeneratedAlways<string>;

export interface Database {
  users: UsersTable;
  organizations: OrganizationsTable;
  members: MembersTable;
  api_keys: ApiKeysTable;
  whatsapp_providers: WhatsappProvidersTable;
  whatsapp_templates: WhatsappTemplatesTable;
  contacts: ContactsTable;
  /** The organization's contacts, for reads whose index row-level security would prevent. */
  tenant_contacts: ContactsTable;
  contact_imports: ContactImportsTable;
  contact_import_changes: ContactImportChangesTable;
  contact_labels: ContactLabelsTable;
  contact_jobs: ContactJobsTable;
  segments: SegmentsTable;
  media: MediaTable;
  media_chunks: MediaChunksTable;
  broadcast_activity: BroadcastActivityTable;
  broadcast_activity_counts: BroadcastActivityCountsTable;
  contact_import_rejected_rows: ContactImportRejectedRowsTable;
  whatsapp_broadcasts: WhatsappBroadcastsTable;
  /** Broadcasts with counters that include every committed change; for reads only. */
  counted_broadcasts: WhatsappBroadcastsTable;
  broadcast_count_deltas: BroadcastCountDeltasTable;
  whatsapp_broadcast_recipients: WhatsappBroadcastRecipientsTable;
  recipient_attempts: RecipientAttemptsTable;
  installation: InstallationTable;
  dispatchers: DispatchersTable;
  number_feeders: NumberFeedersTable;
  number_leases: NumberLeasesTable;
  messaging_limit_uses: MessagingLimitUsesTable;
  contact_consents: ContactConsentsTable;
  organization_settings: OrganizationSettingsTable;
  inbound_messages: InboundMessagesTable;
  webhook_events: WebhookEventsTable;
  webhook_update_times: WebhookUpdateTimesTable;
  audit_log: AuditLogTable;
  idempotency_keys: IdempotencyKeysTable;
}

export interface UsersTable {
  id: Generated<string>;
  name: string;
  email: string;
  email_verified: Generated<boolean>;
  created_at: CreatedAt;
  updated_at: CreatedAt;
}

export interface OrganizationsTable {
  id: Generated<string>;
  name: string;
  slug: string;
  created_at: CreatedAt;
}

export interface MembersTable {
  id: Generated<string>;
  organization_id: string;
  user_id: string;
  role: string;
  created_at: CreatedAt;
}

export interface ApiKeysTable {
  id: Generated<string>;
  organization_id: string;
  name: string;
  prefix: string;
  key_hash: Buffer;
  scopes: Generated<string[]>;
  created_by: string | null;
  last_used_at: NullableTimestamp;
  revoked_at: NullableTimestamp;
  created_at: CreatedAt;
}

export type ProviderStatus = ProviderView["status"];

export interface WhatsappProvidersTable {
  id: Generated<string>;
  organization_id: string;
  provider_type: Generated<string>;
  phone_number_id: string;
  waba_id: string;
  /** AES-256-GCM ciphertext; see core/secrets. */
  access_token: string;
  /** AES-256-GCM ciphertext; see core/secrets. */
  app_secret: string | null;
  webhook_verify_token: string;
  /** Null if the token doesn't expire or Meta didn't say. */
  access_token_expires_at: NullableTimestamp;
  phone_number: string | null;
  display_name: string | null;
  status: Generated<ProviderStatus>;
  status_reason: NullableStoredCode<NumberReason>;
  quality_rating: string | null;
  throughput_level: string | null;
  /** Sending rate that the operator set. */
  messages_per_second: Generated<number>;
  /** Current sending rate, which is lower after Meta throttled the number. */
  current_messages_per_second: Generated<number>;
  messaging_limit: string | null;
  rate_changed_at: NullableTimestamp;
  /** Moment before which no recipient of the number is fed or claimed. */
  held_until: NullableTimestamp;
  /** Meta's business portfolio, which the messaging limit belongs to. */
  portfolio_id: string | null;
  /** Moment until which the portfolio's messaging limit is used up. */
  messaging_limit_until: NullableTimestamp;
  name_status: string | null;
  name_rejected_reason: string | null;
  /** Last status from Meta's account_update that concerns sending, and its details. */
  account_status: string | null;
  account_status_reason: string | null;
  account_review_status: string | null;
  account_alert: NullableJson<object>;
  /** Meta's own end of a restriction; null if it gave none. */
  restricted_until: NullableTimestamp;
  last_webhook_at: NullableTimestamp;
  /** Moment at which another organization took the number over; this row is history since then. */
  moved_at: NullableTimestamp;
  created_at: CreatedAt;
  updated_at: CreatedAt;
}

export interface WhatsappTemplatesTable {
  id: Generated<string>;
  organization_id: string;
  waba_id: string;
  meta_template_id: string;
  name: string;
  language: string;
  category: string;
  status: string;
  components: Json<unknown[]>;
  parameter_format: string | null;
  quality_score: string | null;
  rejected_reason: string | null;
  /** Category that Meta has announced, and the moment from which it applies. */
  announced_category: string | null;
  category_changes_at: NullableTimestamp;
  removed_at: NullableTimestamp;
  synced_at: CreatedAt;
  created_at: CreatedAt;
  updated_at: CreatedAt;
}

export interface ContactsTable {
  id: BigintId;
  organization_id: string;
  /** E.164 with its plus sign. */
  phone: string | null;
  whatsapp_user_id: string | null;
  name: string | null;
  email: string | null;
  attributes: JsonWithDefault<Record<string, unknown>>;
  tags: Generated<string[]>;
  opted_out_at: NullableTimestamp;
  opt_out_source: string | null;
  opted_in_at: NullableTimestamp;
  opt_in_source: string | null;
  /** Time of the contact's latest message to any number of the organization. */
  last_inbound_at: NullableTimestamp;
  /** Import that created the contact. */
  import_id: string | null;
  created_at: CreatedAt;
  updated_at: CreatedAt;
}

/** Changes of consent, written by a trigger on contacts. */
export interface ContactConsentsTable {
  id: BigintId;
  organization_id: string;
  contact_id: string;
  consent: "opted_out" | "opted_in";
  source: string | null;
  happened_at: CreatedAt;
  created_at: CreatedAt;
}

export interface OrganizationSettingsTable {
  organization_id: string;
  /** Null for the defaults. */
  stop_words: string[] | null;
  start_words: string[] | null;
  pause_marketing_on_red_quality: Generated<boolean>;
  schedule_grace_minutes: Generated<number>;
  updated_at: CreatedAt;
}

export interface ContactImportsTable {
  id: Generated<string>;
  organization_id: string;
  status: Generated<ContactImport["status"]>;
  failure_reason: string | null;
  file_name: string | null;
  /** The file's columns as written, for the file of rejected rows. */
  headers: string[];
  mapping: NullableJson<Record<string, string>>;
  tags: Generated<string[]>;
  default_country: string | null;
  processed_rows: Generated<number>;
  created_contacts: Generated<number>;
  updated_contacts: Generated<number>;
  rejected_rows: Generated<number>;
  repeated_rows: Generated<number>;
  undone_contacts: Generated<number>;
  /** Time of the import process's last activity. */
  active_at: CreatedAt;
  first_contact_id: string | null;
  last_contact_id: string | null;
  created_by: string | null;
  created_at: CreatedAt;
  completed_at: NullableTimestamp;
}

/** A contact as it was before an import changed it. */
export interface ContactImportChangesTable {
  organization_id: string;
  import_id: string;
  contact_id: string;
  name: string | null;
  email: string | null;
  attributes: Json<Record<string, unknown>>;
  tags: string[];
  updated_at: CreatedAt;
  /** The contact's `updated_at` as the import left it. */
  changed_at: CreatedAt;
}

/** Every tag and attribute key that an organization has used. */
export interface ContactLabelsTable {
  organization_id: string;
  kind: "tag" | "attribute";
  label: string;
  created_at: CreatedAt;
}

export interface ContactJobsTable {
  id: Generated<string>;
  organization_id: string;
  action: Json<object>;
  segment_criteria: Json<object>;
  status: Generated<ContactJob["status"]>;
  failure_reason: string | null;
  cursor: Generated<string>;
  last_contact_id: string;
  processed_contacts: Generated<number>;
  created_by: string | null;
  created_at: CreatedAt;
  completed_at: NullableTimestamp;
}

export interface ContactImportRejectedRowsTable {
  import_id: string;
  organization_id: string;
  line_number: number;
  reason: string;
  fields: string[];
}

export interface MediaTable {
  id: Generated<string>;
  organization_id: string;
  provider_id: string;
  type: MediaView["type"];
  mime_type: string;
  file_name: string;
  size_bytes: number;
  sha256: Buffer;
  /** Meta's id of the file until `expires_at`; another upload gets another id. */
  meta_media_id: string;
  expires_at: ColumnType<Date, Date, Date>;
  created_by: string | null;
  created_at: CreatedAt;
}

export interface MediaChunksTable {
  media_id: string;
  organization_id: string;
  position: number;
  content: Buffer;
}

export interface SegmentsTable {
  id: Generated<string>;
  organization_id: string;
  name: string;
  criteria: Json<object>;
  created_by: string | null;
  created_at: CreatedAt;
  updated_at: CreatedAt;
}

/** Counts of the events of a broadcast's recipients within a quarter of an hour. */
export interface BroadcastActivityTable {
  organization_id: string;
  broadcast_id: string;
  quarter: CreatedAt;
  sent: number;
  delivered: number;
  read: number;
  failed: number;
  replied: number;
}

export interface BroadcastActivityCountsTable {
  broadcast_id: string;
  organization_id: string;
  counters: number[];
  took_ms: number;
  counted_at: CreatedAt;
}

export type BroadcastStatus = BroadcastView["status"];

/** The template as it was approved when the broadcast was launched or last resumed. */
export interface TemplateSnapshot {
  name: string;
  language: string;
  parameterFormat: "POSITIONAL" | "NAMED" | null;
  components: unknown[];
  /**
   * Fields of the recipients' values in their order, which the launch decided. Absent if the
   * template hasn't changed since, because its slots then give the same order.
   */
  frozenFields?: readonly { field: string; fallback: string | null }[];
}

export interface WhatsappBroadcastsTable {
  id: Generated<string>;
  organization_id: string;
  name: string;
  /** Null in an incomplete draft, like the next two columns; the engine never sees such a draft. */
  provider_id: ColumnType<string, string | null, string | null>;
  template_id: ColumnType<string, string | null, string | null>;
  segment_criteria: ColumnType<object, string | null, string | null>;
  variables: JsonWithDefault<object>;
  template_snapshot: NullableJson<TemplateSnapshot>;
  status: Generated<BroadcastStatus>;
  pause_reason: NullableStoredCode<PauseReason>;
  failure_reason: NullableStoredCode<FailureReason>;
  marketing_cap: Generated<BroadcastView["marketingCap"]>;
  /** Last contact that was processed while the audience is being frozen. */
  prepare_cursor: string | null;
  /** Id of the last recipient that was queued. */
  feed_cursor: Generated<string>;
  /** Up to here, no recipient waits for its first attempt or is in it; see take-shares.ts. */
  drained_cursor: Generated<string>;
  /** Changes with the template or the variables after the launch. */
  content_version: Generated<number>;
  /** Status of the recipients that are being made pending again; null unless a retry is open. */
  retry_kind: BroadcastView["retrying"];
  /** The last recipient that the open retry has looked at. */
  retry_cursor: string | null;
  /** Moment of the request: recipients of a later attempt aren't retried. */
  retry_before: NullableTimestamp;
  /** The counters include the changes of all transactions before this one; see fold-counts.ts. */
  counted_xid: Generated<string>;
  total_recipients: Generated<number>;
  /** Recipients accepted by Meta that haven't failed since. */
  successful_sends: Generated<number>;
  failed_sends: Generated<number>;
  delivered_count: Generated<number>;
  read_count: Generated<number>;
  replied_count: Generated<number>;
  skipped_count: Generated<number>;
  unknown_count: Generated<number>;
  canceled_count: Generated<number>;
  created_by: string | null;
  scheduled_at: NullableTimestamp;
  /** The schedule that was missed, until a person acts; see broadcasts/schedule-grace.ts. */
  missed_schedule: NullableTimestamp;
  /** Time zone in which the schedule was given. */
  time_zone: string | null;
  launched_at: NullableTimestamp;
  started_at: NullableTimestamp;
  paused_at: NullableTimestamp;
  completed_at: NullableTimestamp;
  canceled_at: NullableTimestamp;
  failed_at: NullableTimestamp;
  created_at: CreatedAt;
  updated_at: CreatedAt;
}

export type RecipientStatus = RecipientView["status"];

export interface WhatsappBroadcastRecipientsTable {
  id: BigintId;
  organization_id: string;
  broadcast_id: string;
  /** Null once the contact is deleted. */
  contact_id: string | null;
  phone: string;
  /** Values of the compiled template's fields, in its order, frozen at launch. */
  variables: JsonWithDefault<(string | null)[]>;
  status: Generated<RecipientStatus>;
  wamid: string | null;
  attempts: Generated<number>;
  claimed_at: NullableTimestamp;
  /** Dispatcher that claimed the recipient. */
  claimed_by: string | null;
  /**
   * The attempt that counts, which its message's callback data names. Null while nothing was tried,
   * or certainly nothing was sent.
   */
  attempt_id: string | null;
  /** The row that the same person has in the broadcast, once their contacts are merged. */
  merged_into: string | null;
  /** Null until the first attempt has ended. Infinity while a later one is under way. */
  next_attempt_at: NullableTimestamp;
  /** Meta's code, or one of Loudhailer's such as `missing_variable`. */
  error_code: NullableStoredCode<RecipientCode>;
  error_title: string | null;
  error_details: string | null;
  sent_at: NullableTimestamp;
  delivered_at: NullableTimestamp;
  read_at: NullableTimestamp;
  failed_at: NullableTimestamp;
  replied_at: NullableTimestamp;
  /** Whether Meta charges for the message; null until it says. */
  billable: boolean | null;
  pricing_category: string | null;
}

/** An attempt that another one of its recipient has replaced; see move-attempts.ts. */
export interface RecipientAttemptsTable {
  recipient_id: string;
  attempt_id: string;
  organization_id: string;
  broadcast_id: string;
  wamid: string | null;
  status: "unknown" | "sent" | "failed" | "delivered" | "read";
  sent_at: NullableTimestamp;
  delivered_at: NullableTimestamp;
  read_at: NullableTimestamp;
  created_at: CreatedAt;
}

/** The only row says which messages are this installation's. */
export interface InstallationTable {
  id: Generated<string>;
  created_at: CreatedAt;
}

/** Changes of a broadcast's counters by one statement. */
export interface BroadcastCountDeltasTable {
  broadcast_id: string;
  xid: Generated<string>;
  successful_sends: Generated<number>;
  failed_sends: Generated<number>;
  delivered_count: Generated<number>;
  read_count: Generated<number>;
  replied_count: Generated<number>;
  skipped_count: Generated<number>;
  unknown_count: Generated<number>;
  canceled_count: Generated<number>;
}

export interface MessagingLimitUsesTable {
  portfolio_id: string;
  recipient_hash: string;
  used_at: CreatedAt;
}

export interface DispatchersTable {
  id: string;
  /** Moments since when Meta doesn't answer a number's messages, by phone number id. */
  numbers_away: JsonWithDefault<Record<string, string>>;
  started_at: CreatedAt;
  last_seen_at: CreatedAt;
  /** True once it stops and takes no more numbers. */
  is_leaving: Generated<boolean>;
  /** End of all its leases; see pacing/number-leases.ts. */
  lease_until: CreatedAt;
}

/** Which dispatcher sends from a number; see pacing/number-leases.ts. */
export interface NumberLeasesTable {
  phone_number_id: string;
  /** Null once the number was given up. */
  dispatcher_id: string | null;
  epoch: Generated<string>;
  expires_at: CreatedAt;
  borrowed_until: NullableTimestamp;
  timeline: string;
}

/** Which process fills a number's queue; see engine/take-turn.ts. */
export interface NumberFeedersTable {
  provider_id: string;
  feeder_id: string;
  expires_at: CreatedAt;
  /** Number of feedings so far; part of the ids of the jobs. */
  feedings: Generated<string>;
}

export interface WebhookEventsTable {
  id: BigintId;
  organization_id: string | null;
  waba_id: string | null;
  phone_number_id: string | null;
  field: string;
  payload: Json<object>;
  reason: string;
  /** Meta's own time of the event. */
  happened_at: NullableTimestamp;
  /** Fingerprint of the app secret that signed the webhook. */
  signed_with: Buffer | null;
  attempts: Generated<number>;
  /** Time of the next automatic attempt; null if there is none. */
  next_attempt_at: NullableTimestamp;
  applied_at: NullableTimestamp;
  received_at: CreatedAt;
}

export interface WebhookUpdateTimesTable {
  organization_id: string;
  /** `template <our id>` or `number <our id>`. */
  subject: string;
  field: string;
  happened_at: CreatedAt;
}

export interface InboundMessagesTable {
  id: Generated<string>;
  organization_id: string;
  provider_id: string;
  contact_id: string | null;
  /** Broadcast that the message answers. */
  broadcast_id: string | null;
  wamid: string;
  type: string;
  payload: Json<object>;
  received_at: CreatedAt;
  created_at: CreatedAt;
}

export interface AuditLogTable {
  id: BigintId;
  organization_id: string;
  actor_user_id: string | null;
  actor_api_key_id: string | null;
  action: StoredCode<AuditAction>;
  target_type: string;
  target_id: string;
  details: JsonWithDefault<Record<string, unknown>>;
  ip_address: string | null;
  created_at: CreatedAt;
}

export interface IdempotencyKeysTable {
  organization_id: string;
  key: string;
  request_hash: Buffer;
  response_status: number | null;
  response_body: NullableJson<object>;
  created_at: CreatedAt;
}
