/** Why a text isn't a phone number. */
export const phoneProblems = [
  "phone_empty",
  "phone_rounded",
  "phone_has_letters",
  "phone_has_other_characters",
  "phone_without_country",
  "phone_too_short",
  "phone_too_long",
  "phone_country_unknown",
] as const;
export type PhoneProblem = (typeof phoneProblems)[number];

/** What the author of the text reads; it doesn't repeat the number. */
export const phoneProblemWords: Record<PhoneProblem, string> = {
  phone_empty: "the phone number is empty",
  phone_rounded:
    "a spreadsheet has rounded the phone number (such as 4.915E+12); format the column as text and export it again",
  phone_has_letters: "the phone number contains letters",
  phone_has_other_characters: "the phone number contains characters other than digits",
  phone_without_country:
    "the phone number has no country: write it with + and the country code, or choose a default country",
  phone_too_short: "the phone number is too short",
  phone_too_long: "the phone number is too long",
  phone_country_unknown: "the phone number has no known country code",
};
