const browsers = [
  ["Edg/", "Edge"],
  ["OPR/", "Opera"],
  ["Firefox/", "Firefox"],
  ["Chrome/", "Chrome"],
  ["Safari/", "Safari"],
] as const;

const systems = [
  ["iPhone", "iPhone"],
  ["iPad", "iPad"],
  ["Android", "Android"],
  ["Windows", "Windows"],
  ["Mac OS", "Mac"],
  ["Linux", "Linux"],
] as const;

/** Returns a name such as "Firefox on Windows" from a user agent. */
export function deviceName(userAgent: string | null): string {
  const find = (known: readonly (readonly [string, string])[]) =>
    known.find(([mark]) => userAgent?.includes(mark) === true)?.[1];
  const [browser, system] = [find(browsers), find(systems)];
  if (browser === undefined) return "A program or an unknown browser";
  return system === undefined ? browser : `${browser} on ${system}`;
}
