import type { TemplateProblem } from "./check-template.ts";
import type { TemplateButton } from "./template-components.ts";
import { placeholdersIn } from "./template-placeholders.ts";

const types = [
  "QUICK_REPLY",
  "URL",
  "PHONE_NUMBER",
  "COPY_CODE",
  "OTP",
  "CATALOG",
  "MPM",
  "SPM",
  "FLOW",
  "VOICE_CALL",
];
const buttonsMax = 10;
const textMax = 25;
const urlMax = 2_000;
const phoneMax = 20;
const countMax: Readonly<Record<string, number>> = { URL: 2, PHONE_NUMBER: 1, COPY_CODE: 1 };

/** Checks the count, types, order, texts and URLs of a template's buttons. */
export function checkButtons(
  buttons: readonly TemplateButton[],
  path: string,
  isAuthentication: boolean,
): TemplateProblem[] {
  const problems: TemplateProblem[] = [];
  const refuse = (where: string, message: string) => problems.push({ path: where, message });
  if (buttons.length === 0) refuse(path, "needs at least one button");
  if (buttons.length > buttonsMax) refuse(path, `at most ${buttonsMax} buttons are allowed`);
  for (const [type, most] of Object.entries(countMax)) {
    const count = buttons.filter((button) => button.type === type).length;
    if (count > most) refuse(path, `${count} buttons are ${type}, at most ${most} is allowed`);
  }
  const replies = buttons.map(({ type }) => type === "QUICK_REPLY");
  const changes = replies.filter((isReply, index) => index > 0 && isReply !== replies[index - 1]);
  if (changes.length > 1) refuse(path, "quick replies stand together, before or after the others");
  for (const [index, button] of buttons.entries()) {
    const at = `${path}.${index}`;
    if (!types.includes(button.type)) refuse(`${at}.type`, `must be one of ${types.join(", ")}`);
    if (!isAuthentication && button.type !== "COPY_CODE") checkText(button, at, refuse);
    if (button.type === "URL") checkAddress(button, at, refuse);
    if (button.type === "PHONE_NUMBER" && !isPhone(button.phone_number)) {
      refuse(
        `${at}.phone_number`,
        `must be a phone number with + and at most ${phoneMax} characters`,
      );
    }
    if (button.type === "COPY_CODE" && !hasExample(button)) {
      refuse(`${at}.example`, "needs an example of the code");
    }
  }
  return problems;
}

type Refuse = (where: string, message: string) => void;

function checkText({ text }: TemplateButton, at: string, refuse: Refuse): void {
  const length = (text ?? "").trim().length;
  if (length === 0) refuse(`${at}.text`, "is required");
  if (length > textMax)
    refuse(`${at}.text`, `has ${length} characters, at most ${textMax} are allowed`);
  if (placeholdersIn(text ?? "").length > 0) refuse(`${at}.text`, "can't have variables");
}

function checkAddress(button: TemplateButton, at: string, refuse: Refuse): void {
  const url = button.url ?? "";
  const variables = placeholdersIn(url);
  if (!/^https?:\/\/[^\s{}]/.test(url) || url.length > urlMax) {
    refuse(`${at}.url`, `must be an http or https address of at most ${urlMax} characters`);
  } else if (variables.length > 1 || (variables.length === 1 && !/\{\{\s*\w+\s*\}\}$/.test(url))) {
    refuse(`${at}.url`, "has one variable at most, at its end");
  } else if (variables.length === 1 && !hasExample(button)) {
    refuse(`${at}.example`, "needs an example of the address");
  }
}

function hasExample({ example }: TemplateButton): boolean {
  const first: unknown = Array.isArray(example) ? example[0] : example;
  return typeof first === "string" && first !== "";
}

function isPhone(text: string | null | undefined): boolean {
  return typeof text === "string" && text.length <= phoneMax && /^\+?[\d\s()-]{5,}$/.test(text);
}
