const placeholder = /\{\{\s*([^{}\s]+)\s*\}\}/g;

/**
 * The names in `{{…}}`, each once: positional ones by number, as their values must be sent
 * (Meta's texts can have them out of order: `{{2}} {{5}} {{3}}`), named ones as they stand.
 */
export function placeholdersIn(text: string): string[] {
  const names = [...new Set([...text.matchAll(placeholder)].map((match) => match[1] ?? ""))];
  return names.every(isPositional) ? names.toSorted((a, b) => Number(a) - Number(b)) : names;
}

export function isPositional(name: string): boolean {
  return /^\d+$/.test(name);
}

/** The text with every placeholder replaced by what `valueOf` gives for its name. */
export function fillPlaceholders(text: string, valueOf: (name: string) => string): string {
  return text.replaceAll(placeholder, (_placeholder, name: string) => valueOf(name));
}
