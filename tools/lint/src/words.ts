/** A pattern that comments and test names don't use, and what to write instead. */
export interface ReplacedWord {
  pattern: RegExp;
  instead: string;
}

/** British spellings, matched inside identifiers too. */
export const britishSpelling: ReplacedWord = {
  pattern:
    /cancell(?:ed|ing)|colour|behaviour|normalis|sanitis|licence|catalogue|neighbour|honour|favour|serialis|organis(?!m)|recognis|initialis|parameteris|optimis(?!t)|summaris|\bgrey\b/i,
  instead: "the American spelling",
};

/** Words of comments and test names that docs/glossary.md or plain English replaces. */
export const replacedWords: readonly ReplacedWord[] = [
  britishSpelling,
  { pattern: /\bmend(?:s|ed|ing)?\b/i, instead: "fix" },
  { pattern: /\bhand(?:ed|s)? (?:it |a |the |new |templates? )*in\b/i, instead: "submit" },
  { pattern: /what became of/i, instead: "the outcome of" },
  {
    pattern: /\b(?:no|some|every)body\b|\bwhoever\b/i,
    instead: "the noun: a contact, a recipient, a dispatcher",
  },
  { pattern: /\be-mail/i, instead: "email" },
  { pattern: /\blog(?:ged)? in\b/i, instead: "sign in" },
  { pattern: /\bleft out\b/i, instead: "excluded, or skipped" },
  { pattern: /\bby itself\b/i, instead: "automatically" },
  { pattern: /\banew\b/i, instead: "again" },
  { pattern: /\btakes? back\b/i, instead: "revoke, or undo" },
  { pattern: /\bgo(?:es)? on\b/i, instead: "continue" },
  { pattern: /\bso many\b/i, instead: "the number, or `count`" },
  { pattern: /\bnull where\b/i, instead: "null if" },
  { pattern: /(?:^|[.;*] |\n)\s*Throws /, instead: "a `@throws` line" },
];
