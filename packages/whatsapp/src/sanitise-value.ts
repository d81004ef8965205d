// Control characters, line and paragraph separators, more than 3 spaces, spaces at the ends.
const needsCleaning = /[\p{Cc}\u2028\u2029]| {4}|^\s|\s$/u;
const plainUrlSuffix = /^[\w\-.~/?&=+:@,;!$'()*#]*$/;
// With the u flag, Cs is a lone surrogate only.
const needsEscape = /["\\\p{Cc}\p{Cs}]/u;

/**
 * A value as Meta takes it in a template parameter: it refuses line breaks, tabs and more than four
 * spaces in a row (132012), and lone surrogates aren't text. Line breaks, tabs and other control
 * characters become a space, runs of spaces at most 3, ends are trimmed.
 */
export function sanitiseText(value: string): string {
  const text = value.isWellFormed() ? value : value.toWellFormed();
  if (!needsCleaning.test(text)) return text;
  return text
    .replaceAll(/[\p{Cc}\u2028\u2029]/gu, " ")
    .replaceAll(/ {4,}/g, "   ")
    .trim();
}

/**
 * A value as the end of a button's URL: characters that may not stand in a URL are percent-encoded;
 * `/`, `?`, `&`, `#` and what is encoded already stay, so a whole path with query can be given.
 */
export function sanitiseUrlSuffix(value: string): string {
  if (plainUrlSuffix.test(value)) return value;
  return encodeURI(sanitiseText(value)).replaceAll(/%25(?=[0-9A-Fa-f]{2})/g, "%");
}

/** `JSON.stringify` of a string, for the millions that need no escape. */
export function quoteJson(value: string): string {
  return needsEscape.test(value) ? JSON.stringify(value) : `"${value}"`;
}
