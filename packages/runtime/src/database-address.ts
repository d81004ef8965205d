const standardPort = "5432";

/**
 * Whether `value` is postgres://…@host/… with every part where it seems to be. With a slash missing,
 * or a `/`, `?` or `#` of the password not encoded, the parts are shifted, and what looks like the
 * port or the database name is a piece of the password.
 */
export function isDatabaseUrl(value: string): boolean {
  const url = URL.parse(value);
  if (!url || !/^postgres(ql)?:\/\//i.test(value)) return false;
  const host = url.hostname || url.searchParams.get("host");
  return Boolean(host) && !`${url.pathname}${url.search}${url.hash}`.includes("@");
}

/** `host:port` of a database, for messages: without user, password or database name, where `isDatabaseUrl`. */
export function databaseAddress(databaseUrl: string): string {
  const url = URL.parse(databaseUrl);
  const host = url?.searchParams.get("host") ?? decodeURIComponent(url?.hostname ?? "");
  // A socket's folder has no port in its address.
  if (host.startsWith("/")) return host;
  return `${host === "" ? "localhost" : host}:${url?.port === "" ? standardPort : url?.port}`;
}
