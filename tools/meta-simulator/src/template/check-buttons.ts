import { messageFailure, type GraphFailure } from "../graph/graph-error.ts";
import { isObject, type JsonObject } from "../json.ts";
import { checkPlainText } from "./check-text.ts";
import type { TemplateButton } from "./template.ts";

const couponCodeMax = 15;
const urlVariableMax = 2000;

interface ButtonRules {
  readonly type: string;
  /** Type of the button as Meta writes it in the details of an error. */
  readonly label: string;
  readonly needsParameter: boolean;
}

/** Compiles the rules for each button of a template, once per template. */
export function compileButtons(buttons: readonly TemplateButton[]): readonly ButtonRules[] {
  return buttons.map((button) => {
    const type = button.type === "OTP" ? "URL" : button.type;
    return {
      type,
      label: type
        .split("_")
        .map((word) => word.charAt(0) + word.slice(1).toLowerCase())
        .join(""),
      needsParameter:
        button.type === "OTP" ||
        type === "COPY_CODE" ||
        type === "FLOW" ||
        (type === "URL" && (button.url ?? "").includes("{{")),
    };
  });
}

/** Checks the button components of a message, which `given` has in any order. */
export function checkButtons(
  part: string,
  rules: readonly ButtonRules[],
  given: readonly JsonObject[],
): void {
  let found = 0;
  for (const component of given) {
    const index = Number(component.index);
    const rule = Number.isInteger(index) ? rules[index] : undefined;
    if (rule === undefined)
      throw messageFailure(
        131009,
        `${part}: the template has no button at index ${String(component.index)}`,
      );
    checkButton(part, index, rule, component);
    if (rule.needsParameter) found |= 1 << index;
  }
  for (const [index, rule] of rules.entries())
    if (rule.needsParameter && !(found & (1 << index))) throw missingParameter(part, index, rule);
}

function missingParameter(part: string, index: number, { label }: ButtonRules): GraphFailure {
  return messageFailure(
    131008,
    `${part}: Button at index ${index} of type ${label} requires a parameter`,
  );
}

function checkButton(part: string, index: number, rule: ButtonRules, component: JsonObject): void {
  const subType = String(component.sub_type).toUpperCase();
  if (subType !== rule.type)
    throw messageFailure(
      132012,
      `${part}: Format mismatch at index ${index}, expected ${rule.type}, received ${subType}`,
    );
  const parameters = Array.isArray(component.parameters) ? component.parameters : [];
  const parameter: unknown = parameters[0];
  if (!isObject(parameter)) {
    if (rule.needsParameter) throw missingParameter(part, index, rule);
    return;
  }
  switch (rule.type) {
    case "URL":
      return checkUrl(part, index, rule, parameter);
    case "COPY_CODE":
      return checkCoupon(part, index, parameter);
    case "QUICK_REPLY":
      return checkPayload(part, index, parameter);
    case "FLOW":
      if (String(parameter.type).toLowerCase() !== "action" || !isObject(parameter.action))
        throw messageFailure(
          132012,
          `${part}: Button at index ${index} of type Flow takes an action`,
        );
  }
}

function checkUrl(part: string, index: number, rule: ButtonRules, parameter: JsonObject): void {
  if (!rule.needsParameter)
    throw messageFailure(
      132018,
      `${part}: Button at index ${index} of type Url takes no parameter`,
    );
  if (String(parameter.type).toLowerCase() !== "text")
    throw messageFailure(132012, `${part}: Button at index ${index} of type Url takes a text`);
  if (checkPlainText(parameter.text).length > urlVariableMax)
    throw messageFailure(131009, `${part}: the URL at index ${index} is too long`);
}

function checkCoupon(part: string, index: number, parameter: JsonObject): void {
  const code = parameter.coupon_code;
  if (typeof code !== "string" || code === "")
    throw messageFailure(
      131008,
      `${part}: Button at index ${index} of type CopyCode requires a coupon_code`,
    );
  if (code.length > couponCodeMax)
    throw messageFailure(
      131009,
      `${part}: coupon_code at index ${index} has more than ${couponCodeMax} characters`,
    );
}

function checkPayload(part: string, index: number, parameter: JsonObject): void {
  // Meta's older samples have the type "text".
  const type = String(parameter.type).toLowerCase();
  if (type !== "payload" && type !== "text")
    throw messageFailure(
      132012,
      `${part}: Button at index ${index} of type QuickReply takes a payload`,
    );
  if (type === "payload" && typeof parameter.payload !== "string")
    throw messageFailure(131008, `${part}: Button at index ${index} is missing payload`);
}
