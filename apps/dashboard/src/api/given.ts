type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined | null | ""> };

/** A query or body with what is given of it: undefined, null and "" are left out. */
export function given<T extends Record<string, unknown>>(values: T): Given<T> {
  const entries = Object.entries(values).filter(
    ([, value]) => value !== undefined && value !== null && value !== "",
  );
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- fromEntries forgets the names
  return Object.fromEntries(entries) as Given<T>;
}
