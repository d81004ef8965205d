/** Meta's codes for the languages that a template can have. */
export const languageCodes = (
  "af sq ar ar_EG ar_AE az be_BY bn bg ca zh_CN zh_HK zh_TW hr cs da nl nl_BE en en_GB en_US en_AE " +
  "en_AU en_CA en_IN et fil fi fr fr_BE fr_CA fr_CH ka de de_AT de_CH el gu ha he hi hu id ga it ja " +
  "kn kk rw_RW ko ky_KG lo lv lt mk ms ml mr nb fa pl pt_BR pt_PT pa ro ru sr sk sl es es_AR es_CL " +
  "es_CO es_ES es_MX es_PE es_US sw sv ta te th tr uk ur uz vi zu"
).split(" ");

/** Returns a language's name in the reader's language; its code if the name is unknown. */
export function languageName(code: string, locale: string): string {
  try {
    const names = new Intl.DisplayNames([locale], { type: "language" });
    return names.of(code.replace("_", "-")) ?? code;
  } catch {
    return code;
  }
}
