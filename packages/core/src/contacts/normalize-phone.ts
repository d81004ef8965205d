import {
  getCountries,
  getCountryCallingCode,
  getExampleNumber,
  isSupportedCountry,
  parsePhoneNumberFromString,
  type CountryCode,
  type PhoneNumber,
} from "libphonenumber-js/max";
import mobileExamples from "libphonenumber-js/mobile/examples";
import type { PhoneProblem } from "./phone-problems.ts";

export type NormalizedPhone = { phone: string } | { reason: PhoneProblem };

/** Returns the ISO 3166 code in `text` (any case), or undefined if no such country has phones. */
export function phoneCountry(text: string): CountryCode | undefined {
  const country = text.trim().toUpperCase();
  return isSupportedCountry(country) ? country : undefined;
}

// Characters that people and programs put around a number: bidirectional marks (copied from chats),
// Excel's text mark ' and its ="…", and the schemes of links and of Twilio's exports.
const invisible = /[\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/g;
const wrapping = /^="(.*)"$/;
const prefix = /^(?:['‘’`]+|(?:tel|whatsapp):)\s*/i;
const scientific = /^\d+(?:[.,]\d+)?e\+?\d+$/i;
const punctuation = /[\s()./\u00AD\u2010-\u2015\u2212-]/g;

/**
 * Converts a phone number as people write it to E.164 with its plus sign. Accepts spaces,
 * punctuation, `00` for the plus, and digits of other scripts. National forms need
 * `defaultCountry`. Returns a reason if it can't.
 */
export function normalizePhone(text: string, defaultCountry?: CountryCode): NormalizedPhone {
  const bare = text.replaceAll(invisible, "").trim().replace(wrapping, "$1").replace(prefix, "");
  if (bare === "") return { reason: "phone_empty" };
  if (scientific.test(bare)) return { reason: "phone_rounded" };
  if (/\p{L}/u.test(bare)) return { reason: "phone_has_letters" };
  const digits = asciiDigits(bare)
    .replace(/^(\+|00)(.*)\(0\)/, "$1$2")
    .replaceAll(punctuation, "")
    .replace(/^00/, "+");
  if (!/^\+?\d+$/.test(digits)) return { reason: "phone_has_other_characters" };
  return digits.startsWith("+") ? international(digits) : national(digits, defaultCountry);
}

function international(digits: string): NormalizedPhone {
  // Mexico dropped the 1 of mobile numbers in 2019, but WhatsApp's ids and lists of them keep it.
  const current = digits.replace(/^\+521(?=\d{10}$)/, "+52");
  return judge(parsePhoneNumberFromString(current, { extract: false }), digits.length - 1);
}

function national(digits: string, country: CountryCode | undefined): NormalizedPhone {
  if (country === undefined) return { reason: "phone_without_country" };
  const own = parsePhoneNumberFromString(digits, { defaultCountry: country, extract: false });
  // WhatsApp's own ids are international without the plus. Read as a German national number,
  // 4917139200123 is a landline in Norden, so reading it as a mobile number takes precedence.
  if (digits.startsWith(getCountryCallingCode(country)) && own?.getType() !== "MOBILE") {
    const full = parsePhoneNumberFromString(`+${digits}`, { extract: false });
    if (full?.getType() === "MOBILE" || (full?.isValid() && !own?.isValid())) {
      return judge(full, digits.length);
    }
  }
  return judge(own, digits.length);
}

// isValid alone rejects numbers that exist: the metadata lags behind the numbering plans, and
// Brazil's mobile numbers without their ninth digit are still WhatsApp ids. isPossible alone
// accepts anything from 5 to 15 digits in Germany. So a number must be about as long as a mobile
// number there, or valid. The length is checked first, because isValid alone took 20 of the 31 µs
// of reading a row.
function judge(number: PhoneNumber | undefined, digitCount: number): NormalizedPhone {
  if (number === undefined) {
    if (digitCount < 7) return { reason: "phone_too_short" };
    if (digitCount > 15) return { reason: "phone_too_long" };
    return { reason: "phone_country_unknown" };
  }
  const length = number.nationalNumber.length;
  const mobile = mobileLengths.get(number.countryCallingCode);
  const isMobileLength =
    mobile !== undefined && length >= mobile.shortest - 1 && length <= mobile.longest + 1;
  if ((isMobileLength && number.isPossible()) || number.isValid()) return { phone: number.number };
  if (mobile === undefined) return { reason: "phone_country_unknown" };
  return { reason: length > mobile.longest ? "phone_too_long" : "phone_too_short" };
}

/** Lengths of the countries' example mobile numbers without the calling code, by calling code. */
const mobileLengths = new Map<string, { shortest: number; longest: number }>();
for (const country of getCountries()) {
  const example = getExampleNumber(country, mobileExamples);
  if (example === undefined) continue;
  const { length } = example.nationalNumber;
  const known = mobileLengths.get(example.countryCallingCode) ?? {
    shortest: length,
    longest: length,
  };
  mobileLengths.set(example.countryCallingCode, {
    shortest: Math.min(length, known.shortest),
    longest: Math.max(length, known.longest),
  });
}

// Zeros of Arabic, Persian, Devanagari, Bengali, Thai and fullwidth digits; each has ten in a row.
const zeros = [0x0660, 0x06f0, 0x0966, 0x09e6, 0x0e50, 0xff10];

function asciiDigits(text: string): string {
  return text
    .replaceAll("＋", "+")
    .replaceAll(
      /[\u0660-\u0669\u06F0-\u06F9\u0966-\u096F\u09E6-\u09EF\u0E50-\u0E59\uFF10-\uFF19]/g,
      (digit) => {
        const code = digit.charCodeAt(0);
        const zero = zeros.findLast((candidate) => candidate <= code) ?? code;
        return String(code - zero);
      },
    );
}
