type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined | null | ""> };

/** Returns the values of a query or body without undefined, null and "". */
export function given<T extends Record<string, unknown>>(values: T): Given<T> {
  const entries = Object.entries(values).filter(
    ([, value]) => value !== undefined && value !== null && value !== "",
  );
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- fromEntries loses the key names
  return Object.fromEntries(entries) as Given<T>;
}
