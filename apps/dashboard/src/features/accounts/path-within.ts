/** The path if it is one of ours, else the start page: a link must not lead elsewhere. */
export function pathWithin(path: string): string {
  return /^\/(?![/\\])/.test(path) ? path : "/";
}
