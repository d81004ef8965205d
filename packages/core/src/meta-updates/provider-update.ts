/** What Meta says in one change of a template, a number or an account, for one organization. */
export interface ProviderUpdate {
  organizationId: string;
  /** Of the account that it is about: for partners' events that is not the entry's id. */
  wabaId: string;
  field: string;
  value: Readonly<Record<string, unknown>>;
  /** Meta's own time of it; null where it named none. */
  happenedAt: Date | null;
}
