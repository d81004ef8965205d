/**
 * Silence after which a dispatcher counts as dead. A dispatcher sends a heartbeat every 2 s and no
 * claim older than 5 s, so after 15 s its claims have either reached Meta or never will.
 */
export const silenceSecondsMax = 15;
