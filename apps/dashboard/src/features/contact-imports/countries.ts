const codes =
  "AE AR AT AU BD BE BG BO BR CA CH CL CN CO CR CZ DE DK DO DZ EC EE EG ES FI FR GB GH GR GT HK HN HR HU ID IE IL IN IQ IT JO JP KE KR KW LB LK LT LU LV MA MX MY NG NI NL NO NZ OM PA PE PH PK PL PT PY QA RO RS SA SE SG SI SK SV TH TN TR TW TZ UA UG US UY VE VN ZA".split(
    " ",
  );

/**
 * Returns the countries whose national phone numbers can be read, sorted by their names in the
 * reader's language.
 */
export function countries(locale: string): { value: string; label: string }[] {
  const names = new Intl.DisplayNames([locale], { type: "region" });
  return codes
    .map((code) => ({ value: code, label: names.of(code) ?? code }))
    .toSorted((a, b) => a.label.localeCompare(b.label, locale));
}
