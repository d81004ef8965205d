import { DatabaseError } from "pg";
import { classifyDatabaseFailure } from "./database-failure.ts";

/** Returns the code of an error that one item may have caused, or null if it is no item's fault. */
export type CodeOfItemError = (error: unknown) => string | null;

/** The code of an error for which the database refuses an item's data. */
const dataErrorCode: CodeOfItemError = (error) => {
  const failure = classifyDatabaseFailure(error);
  return failure.kind === "away" || failure.kind === "ours" ? null : failure.code;
};

/**
 * The code of any error except that the database is away: PostgreSQL's, or the name of an error that
 * code threw over an item, such as `TypeError`.
 */
export const unexpectedErrorCode: CodeOfItemError = (error) => {
  if (classifyDatabaseFailure(error).kind === "away") return null;
  if (error instanceof DatabaseError && error.code !== undefined) return error.code;
  return error instanceof Error ? error.name : "Error";
};

/**
 * Runs `run` over all of `items`. If the database refuses the data, runs it over each half, down to
 * the bad item, whose result comes from `refuse` instead. One bad item costs its batch about
 * 2·log2(n) statements and doesn't affect its neighbors. With another `codeOf` it does the same for
 * the errors to which that gives a code.
 * @throws Error if `run` fails for any other reason
 */
export async function splitOnDataError<Item, Result>(
  items: readonly Item[],
  run: (items: readonly Item[]) => Promise<readonly Result[]>,
  refuse: (item: Item, code: string) => Result | Promise<Result>,
  codeOf: CodeOfItemError = dataErrorCode,
): Promise<Result[]> {
  try {
    return [...(await run(items))];
  } catch (error) {
    const code = codeOf(error);
    if (code === null) throw error;
    const [first] = items;
    if (first === undefined) return [];
    if (items.length === 1) return [await refuse(first, code)];
    const middle = items.length >> 1;
    const left = await splitOnDataError(items.slice(0, middle), run, refuse, codeOf);
    const right = await splitOnDataError(items.slice(middle), run, refuse, codeOf);
    return [...left, ...right];
  }
}
