/**
 * Opt-out keywords in ten languages. CANCEL, END and QUIT are missing, because quick replies use
 * them for orders.
 */
const stopWordsByLanguage = {
  en: [
    "stop",
    "stop all",
    "stopall",
    "unsubscribe",
    "opt out",
    "opt-out",
    "optout",
    "stop promotions",
    "stop messages",
    "no more messages",
  ],
  es: [
    "parar",
    "detener",
    "baja",
    "dar de baja",
    "darme de baja",
    "cancelar suscripción",
    "no más mensajes",
    "detener promociones",
    "no recibir más",
  ],
  pt: [
    "pare",
    "sair",
    "descadastrar",
    "cancelar inscrição",
    "não quero mais receber",
    "parar promoções",
    "interromper promoções",
  ],
  fr: [
    "arrêt",
    "arrêter",
    "arreter",
    "désabonner",
    "desabonner",
    "se désabonner",
    "me désabonner",
    "désinscription",
    "arrêter les promotions",
  ],
  de: [
    "stopp",
    "abmelden",
    "abbestellen",
    "austragen",
    "keine werbung",
    "keine nachrichten mehr",
    "werbung stoppen",
  ],
  it: [
    "basta",
    "cancellami",
    "disiscrivimi",
    "annulla iscrizione",
    "interrompi",
    "interrompi promozioni",
  ],
  id: ["berhenti", "berhenti berlangganan", "batal langganan", "hentikan promosi"],
  tr: ["dur", "durdur", "ret", "abonelikten çık", "mesaj istemiyorum", "promosyonları durdur"],
  ar: ["توقف", "إيقاف", "ايقاف", "أوقف", "إلغاء الاشتراك", "الغاء الاشتراك", "إيقاف العروض"],
  hi: ["रोकें", "रुकें", "बंद करें", "बंद", "सदस्यता समाप्त करें", "प्रमोशन बंद करें"],
};

const startWordsByLanguage = {
  en: ["start", "unstop", "subscribe", "opt in", "opt-in", "optin", "resume promotions"],
  es: ["alta", "iniciar", "suscribir", "suscribirme", "reanudar"],
  pt: ["inscrever", "voltar a receber", "começar"],
  fr: ["reprendre", "s'abonner", "m'abonner", "réabonner"],
  de: ["anmelden", "abonnieren", "wieder anmelden"],
  it: ["iscrivimi", "riprendi", "inizia"],
  id: ["mulai", "berlangganan", "langganan"],
  tr: ["başla", "başlat", "abone ol"],
  ar: ["ابدأ", "ابدا", "اشتراك", "اشترك"],
  hi: ["शुरू", "शुरू करें", "सदस्यता लें"],
};

/** Opt-out keywords: words that mean "no more messages" if a message has nothing else. */
export const defaultStopWords: readonly string[] = Object.values(stopWordsByLanguage).flat();

/** Opt-in keywords: words that mean "messages again" if a message has nothing else. */
export const defaultStartWords: readonly string[] = Object.values(startWordsByLanguage).flat();

const edges = /^[\s"“”„'‘’«».!。！]+|[\s"“”„'‘’«».!。！]+$/gu;

/**
 * Returns a word as it is compared: without regard to case, surrounding spaces, quotes, periods and
 * exclamation marks, invisible characters and forms of the same letter.
 */
export function foldWord(text: string): string {
  return (
    text
      .normalize("NFKC")
      .replaceAll(/\p{Cf}/gu, "")
      .replaceAll(edges, "")
      .replaceAll(/\s+/gu, " ")
      .toLowerCase()
      // Turkish İ becomes i with a dot above, and I has its own lower case ı.
      .replaceAll("i\u0307", "i")
      .replaceAll("ı", "i")
      .replaceAll("ß", "ss")
  );
}

export interface ConsentWords {
  stop: ReadonlySet<string>;
  start: ReadonlySet<string>;
}

export function foldWords(words: readonly string[]): ReadonlySet<string> {
  return new Set(words.map(foldWord));
}

export const defaultConsentWords: ConsentWords = {
  stop: foldWords(defaultStopWords),
  start: foldWords(defaultStartWords),
};

/** Number of characters above which a text isn't a keyword. */
const lengthMax = 60;

/**
 * Returns the consent that a message's texts express: `stop` if any of them is an opt-out keyword,
 * else `start` if any is an opt-in keyword, else null.
 */
export function readConsent(
  words: readonly string[],
  { stop, start }: ConsentWords,
): "stop" | "start" | null {
  const folded = words.filter((word) => word.length <= lengthMax).map(foldWord);
  if (folded.some((word) => stop.has(word))) return "stop";
  return folded.some((word) => start.has(word)) ? "start" : null;
}
