import { classifyDatabaseFailure } from "./database-failure.ts";

/**
 * Runs `run` over all of `items`; where the database refuses the data, over each half, down to
 * the item at fault, for which `refuse` answers instead. So one poisoned item costs its batch
 * about 2·log2(n) statements and its neighbours nothing. Any other failure is thrown.
 */
export async function splitOnDataError<Item, Result>(
  items: readonly Item[],
  run: (items: readonly Item[]) => Promise<readonly Result[]>,
  refuse: (item: Item, code: string) => Result | Promise<Result>,
): Promise<Result[]> {
  try {
    return [...(await run(items))];
  } catch (error) {
    const failure = classifyDatabaseFailure(error);
    if (failure.kind !== "data") throw error;
    const [first] = items;
    if (first === undefined) return [];
    if (items.length === 1) return [await refuse(first, failure.code)];
    const middle = items.length >> 1;
    const left = await splitOnDataError(items.slice(0, middle), run, refuse);
    const right = await splitOnDataError(items.slice(middle), run, refuse);
    return [...left, ...right];
  }
}
