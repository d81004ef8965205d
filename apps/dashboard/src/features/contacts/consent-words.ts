const sources: Record<string, string> = {
  stop_word: "by a message with a stop word",
  start_word: "by a message with a start word",
  meta_user_preferences: "in WhatsApp's settings",
  meta_131050: "in WhatsApp's settings",
  dashboard: "noted here in the dashboard",
  api: "noted by a program",
  import: "by an import",
  merge: "when two contacts were merged",
};

/** Returns a description of an opt-out or opt-in with its source. */
export function consentWords(consent: "opted_out" | "opted_in", source: string | null): string {
  const what = consent === "opted_out" ? "Opted out" : "Opted in";
  if (source === null) return what;
  return `${what}, ${sources[source] ?? source.replaceAll("_", " ")}`;
}
