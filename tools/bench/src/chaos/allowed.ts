import type { Allowed } from "../check-invariants.ts";

/** Code of the recipients that the simulator refuses permanently, so that failures are counted. */
export const undeliverable = "131026";
export const allSettled: Allowed = { refusals: [undeliverable], unknown: false };
/** Recipients may end as unknown: their dispatcher was killed, or Meta's answer never came. */
export const someUnknown: Allowed = { refusals: [undeliverable], unknown: true };
