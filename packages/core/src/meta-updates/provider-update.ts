/** One reported change of a template, number or account, for one organization. */
export interface ProviderUpdate {
  organizationId: string;
  /** Account that the change concerns; for partners' events this isn't the entry's id. */
  wabaId: string;
  field: string;
  value: Readonly<Record<string, unknown>>;
  /** Meta's own time of the change; null if it gave none. */
  happenedAt: Date | null;
}
