// Control characters, line and paragraph separators, more than 3 spaces, whitespace at the ends.
const needsCleaning = /[\p{Cc}\u2028\u2029]| {4}|^\s|\s$/u;
const plainUrlSuffix = /^[\w\-.~/?&=+:@,;!$'()*#]*$/;
// With the u flag, Cs matches only lone surrogates.
const needsEscape = /["\\\p{Cc}\p{Cs}]/u;

/**
 * Returns a value that Meta accepts in a template parameter. Meta refuses line breaks, tabs and
 * more than four spaces in a row (132012). Line breaks, tabs and other control characters become a
 * space, runs of spaces are cut to 3, and the ends are trimmed. Lone surrogates become U+FFFD.
 */
export function sanitizeText(value: string): string {
  const text = value.isWellFormed() ? value : value.toWellFormed();
  if (!needsCleaning.test(text)) return text;
  return text
    .replaceAll(/[\p{Cc}\u2028\u2029]/gu, " ")
    .replaceAll(/ {4,}/g, "   ")
    .trim();
}

/**
 * Returns a value as the end of a button's URL: percent-encodes characters that a URL can't
 * contain. Keeps `/`, `?`, `&`, `#` and percent-encoded characters, so a value can be a path with a
 * query.
 */
export function sanitizeUrlSuffix(value: string): string {
  if (plainUrlSuffix.test(value)) return value;
  return encodeURI(sanitizeText(value)).replaceAll(/%25(?=[0-9A-Fa-f]{2})/g, "%");
}

/** Returns the string as JSON, without calling `JSON.stringify` for strings that need no escape. */
export function quoteJson(value: string): string {
  return needsEscape.test(value) ? JSON.stringify(value) : `"${value}"`;
}
