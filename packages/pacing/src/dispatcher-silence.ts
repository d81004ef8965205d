/** Milliseconds between two heartbeats of a dispatcher. */
export const heartbeatMs = 2_000;

/** Silence after which a dispatcher's numbers go to others: it has missed two beats. */
export const absentMs = 3 * heartbeatMs;

/**
 * Silence after which a dispatcher counts as dead. A dispatcher sends a heartbeat every 2 s and no
 * claim older than 5 s, so after 15 s its claims have either reached Meta or never will.
 */
export const silenceSecondsMax = 15;
