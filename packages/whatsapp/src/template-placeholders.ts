const placeholder = /\{\{\s*([^{}\s]+)\s*\}\}/g;

/**
 * Returns each name in `{{…}}` once. Positional names are sorted by number, the order in which
 * their values must be sent (Meta's texts can have them out of order: `{{2}} {{5}} {{3}}`). Named
 * ones keep the order of the text.
 */
export function placeholdersIn(text: string): string[] {
  const names = [...new Set([...text.matchAll(placeholder)].map((match) => match[1] ?? ""))];
  return names.every(isPositional) ? names.toSorted((a, b) => Number(a) - Number(b)) : names;
}

export function isPositional(name: string): boolean {
  return /^\d+$/.test(name);
}

/** Replaces every placeholder in the text with `valueOf` of its name. */
export function fillPlaceholders(text: string, valueOf: (name: string) => string): string {
  return text.replaceAll(placeholder, (_placeholder, name: string) => valueOf(name));
}
