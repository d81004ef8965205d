/** Returns the path if it is inside the dashboard, else "/": links must not lead to other sites. */
export function pathWithin(path: string): string {
  return /^\/(?![/\\])/.test(path) ? path : "/";
}
