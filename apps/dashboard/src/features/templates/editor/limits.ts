/** Meta's limits, in characters and items (developers.facebook.com, message templates). */
export const limits = {
  name: 512,
  header: 60,
  body: 1_024,
  bodyOfOffer: 600,
  bodyOfCard: 160,
  footer: 60,
  buttonText: 25,
  url: 2_000,
  phone: 20,
  code: 15,
  offer: 16,
  buttons: 10,
  urlButtons: 2,
  phoneButtons: 1,
  codeButtons: 1,
  cardsMin: 2,
  cardsMax: 10,
  cardButtons: 2,
} as const;

/** Converts typed text to a name that Meta accepts. */
export function templateName(typed: string): string {
  return typed
    .toLowerCase()
    .normalize("NFD")
    .replaceAll(/[\u0300-\u036f]/g, "")
    .replaceAll(/[\s-]+/g, "_")
    .replaceAll(/[^a-z0-9_]/g, "")
    .slice(0, limits.name);
}
