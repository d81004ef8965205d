/** To three places behind the point. */
export function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
