export interface Page<T> {
  readonly data: readonly T[];
  readonly paging?: {
    readonly cursors: { readonly before: string; readonly after: string };
    readonly next?: string;
    readonly previous?: string;
  };
}

const limitDefault = 25;

/**
 * Returns a page of a list by Graph's cursors: `limit`, `after`, `before`. As at Meta,
 * `paging.next` is present if there is more, and contains the access token.
 */
export function paginate<T>(items: readonly T[], url: URL, token: string): Page<T> {
  const limit = Math.max(1, Number(url.searchParams.get("limit")) || limitDefault);
  const after = readCursor(url.searchParams.get("after"));
  const end = readCursor(url.searchParams.get("before"));
  const start = end === undefined ? (after ?? -1) + 1 : Math.max(0, end - limit);
  const data = items.slice(start, end ?? start + limit);
  if (data.length === 0) return { data };
  const last = start + data.length - 1;
  const cursors = { before: writeCursor(start), after: writeCursor(last) };
  const link = (name: "after" | "before"): string => {
    const target = new URL(url);
    target.searchParams.delete("after");
    target.searchParams.delete("before");
    target.searchParams.set("access_token", token);
    target.searchParams.set("limit", String(limit));
    target.searchParams.set(name, cursors[name]);
    return target.toString();
  };
  return {
    data,
    paging: {
      cursors,
      ...(last + 1 < items.length ? { next: link("after") } : {}),
      ...(start > 0 ? { previous: link("before") } : {}),
    },
  };
}

function writeCursor(index: number): string {
  return Buffer.from(`cursor:${index}`).toString("base64url");
}

function readCursor(cursor: string | null): number | undefined {
  if (cursor === null || cursor === "") return undefined;
  const [, index] = Buffer.from(cursor, "base64url").toString().split("cursor:");
  return index === undefined ? undefined : Number(index);
}
