/**
 * A dispatcher beats every 2 s and sends no claim older than 5 s, so after 15 s of silence
 * whatever it had claimed is either with Meta or will never be.
 */
export const silenceSecondsMax = 15;
