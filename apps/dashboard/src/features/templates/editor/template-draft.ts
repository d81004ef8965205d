export type HeaderFormat = "NONE" | "TEXT" | "IMAGE" | "VIDEO" | "DOCUMENT" | "LOCATION";

export interface HeaderDraft {
  format: HeaderFormat;
  text: string;
  /** Of the text's one variable. */
  example: string;
  /** Of the example file at Meta. */
  handle: string | null;
  fileName: string | null;
  /** Where this browser can show the file from. */
  shown: string | null;
}

export interface ButtonDraft {
  id: string;
  type: "QUICK_REPLY" | "URL" | "PHONE_NUMBER" | "COPY_CODE" | "OTHER";
  text: string;
  url: string;
  phone: string;
  /** Of the address with its variable, or of the offer code. */
  example: string;
  /** A kind that isn't edited here, as Meta gave it. */
  raw: Record<string, unknown> | null;
}

export interface TextDraft {
  text: string;
  /** By the variable's name. */
  examples: Record<string, string>;
}

export interface CardDraft {
  id: string;
  header: HeaderDraft;
  body: TextDraft;
  buttons: ButtonDraft[];
}

export type Category = "MARKETING" | "UTILITY" | "AUTHENTICATION";

/** A template while it is being written. */
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
  shown: null,
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

/** The names of a text's variables, in their order, each once. */
export function variablesIn(text: string): string[] {
  const names = [...text.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map((match) => match[1] ?? "");
  return [...new Set(names)];
}

/** What the next variable of a text is called. */
export function nextVariable(text: string, format: TemplateDraft["parameterFormat"]): string {
  const names = variablesIn(text);
  if (format === "POSITIONAL") return String(names.length + 1);
  const free = ["first_name", "city", "date", "amount"].find((name) => !names.includes(name));
  return free ?? `value_${names.length + 1}`;
}
