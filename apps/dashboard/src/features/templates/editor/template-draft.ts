export type HeaderFormat = "NONE" | "TEXT" | "IMAGE" | "VIDEO" | "DOCUMENT" | "LOCATION";

export interface HeaderDraft {
  format: HeaderFormat;
  text: string;
  /** Sample of the text's only variable. */
  example: string;
  /** Meta's handle of the sample file. */
  handle: string | null;
  fileName: string | null;
  /** URL from which this browser can show the file. */
  previewUrl: string | null;
}

export interface ButtonDraft {
  id: string;
  type: "QUICK_REPLY" | "URL" | "PHONE_NUMBER" | "COPY_CODE" | "OTHER";
  text: string;
  url: string;
  phone: string;
  /** Sample of the URL with its variable, or of the offer code. */
  example: string;
  /**
   * The button as Meta returned it, null for a new one. Buttons of type OTHER are sent back
   * unchanged.
   */
  raw: Record<string, unknown> | null;
}

export interface TextDraft {
  text: string;
  /** Samples by the name of the variable. */
  examples: Record<string, string>;
}

export interface CardDraft {
  id: string;
  header: HeaderDraft;
  body: TextDraft;
  buttons: ButtonDraft[];
}

export type Category = "MARKETING" | "UTILITY" | "AUTHENTICATION";

/** Template while it is edited. */
export interface TemplateDraft {
  providerId: string;
  name: string;
  language: string;
  category: Category;
  kind: "standard" | "offer" | "carousel";
  parameterFormat: "POSITIONAL" | "NAMED";
  header: HeaderDraft;
  body: TextDraft;
  footer: string;
  buttons: ButtonDraft[];
  offer: { text: string; hasExpiration: boolean };
  cards: CardDraft[];
  code: { advice: boolean; minutes: number | null; buttonText: string };
}

export const emptyHeader: HeaderDraft = {
  format: "NONE",
  text: "",
  example: "",
  handle: null,
  fileName: null,
  previewUrl: null,
};

let lastId = 0;
export function draftId(): string {
  lastId += 1;
  return `draft-${lastId}`;
}

export function newButton(type: ButtonDraft["type"]): ButtonDraft {
  return { id: draftId(), type, text: "", url: "", phone: "", example: "", raw: null };
}

export function newCard(): CardDraft {
  return {
    id: draftId(),
    header: { ...emptyHeader, format: "IMAGE" },
    body: { text: "", examples: {} },
    buttons: [newButton("QUICK_REPLY")],
  };
}

export function newDraft(providerId: string, language: string): TemplateDraft {
  return {
    providerId,
    name: "",
    language,
    category: "MARKETING",
    kind: "standard",
    parameterFormat: "POSITIONAL",
    header: emptyHeader,
    body: { text: "", examples: {} },
    footer: "",
    buttons: [],
    offer: { text: "", hasExpiration: true },
    cards: [],
    code: { advice: true, minutes: 10, buttonText: "Copy code" },
  };
}

/** Returns the names of a text's variables, in their order, each once. */
export function variablesIn(text: string): string[] {
  const names = [...text.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map((match) => match[1] ?? "");
  return [...new Set(names)];
}

/** Returns an unused name for the next variable of a text. */
export function nextVariable(text: string, format: TemplateDraft["parameterFormat"]): string {
  const names = variablesIn(text);
  if (format === "POSITIONAL") return String(names.length + 1);
  const free = ["first_name", "city", "date", "amount"].find((name) => !names.includes(name));
  return free ?? `value_${names.length + 1}`;
}
