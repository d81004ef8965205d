import { classifyDatabaseFailure } from "./database-failure.ts";

/**
 * Runs `run` over all of `items`. If the database refuses the data, runs it over each half, down to
 * the bad item, whose result comes from `refuse` instead. One bad item costs its batch about
 * 2·log2(n) statements and doesn't affect its neighbors.
 * @throws Error if `run` fails for any other reason
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
    if (failure.kind === "away" || failure.kind === "ours") throw error;
    const [first] = items;
    if (first === undefined) return [];
    if (items.length === 1) return [await refuse(first, failure.code)];
    const middle = items.length >> 1;
    const left = await splitOnDataError(items.slice(0, middle), run, refuse);
    const right = await splitOnDataError(items.slice(middle), run, refuse);
    return [...left, ...right];
  }
}
