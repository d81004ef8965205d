const defaultPort = "5432";

/**
 * Returns true if `value` is postgres://…@host/… and each part is where it seems to be. If a slash
 * is missing, or the password has an unencoded `/`, `?`, or `#`, the parts shift. The apparent port
 * or database name is then a piece of the password.
 */
export function isDatabaseUrl(value: string): boolean {
  const url = URL.parse(value);
  if (!url || !/^postgres(ql)?:\/\//i.test(value)) return false;
  const host = url.hostname || url.searchParams.get("host");
  return Boolean(host) && !`${url.pathname}${url.search}${url.hash}`.includes("@");
}

/**
 * Returns the `host:port` of a database for messages, without user, password, or database name.
 * Only safe for a URL that passes `isDatabaseUrl`.
 */
export function databaseAddress(databaseUrl: string): string {
  const url = URL.parse(databaseUrl);
  const host = url?.searchParams.get("host") ?? decodeURIComponent(url?.hostname ?? "");
  // The address of a socket's folder has no port.
  if (host.startsWith("/")) return host;
  return `${host === "" ? "localhost" : host}:${url?.port === "" ? defaultPort : url?.port}`;
}
