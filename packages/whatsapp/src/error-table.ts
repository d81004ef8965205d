import type { FailureRule } from "./error-taxonomy.ts";

const pauseProvider = { scope: "token", disposition: { kind: "pause-provider" } } as const;
const retry = { scope: "platform", disposition: { kind: "retry" } } as const;
const throttle = { scope: "number", disposition: { kind: "throttle-number" } } as const;
const stopNumber = { scope: "number", disposition: { kind: "stop-number" } } as const;
const pauseWaba = { scope: "waba", disposition: { kind: "pause-waba" } } as const;
const failRow = { scope: "row", disposition: { kind: "fail-row" } } as const;
const failOnce = {
  scope: "recipient",
  disposition: { kind: "fail-recipient", lasting: false },
} as const;
const failLasting = {
  scope: "recipient",
  disposition: { kind: "fail-recipient", lasting: true },
} as const;
const pauseTemplate = {
  scope: "template",
  disposition: { kind: "pause-template", whenMostRows: false },
} as const;
const suspectTemplate = {
  scope: "template",
  disposition: { kind: "pause-template", whenMostRows: true },
} as const;
// Meta returns these for a template's creation or edit, never for a message.
const templateEdit = { scope: "template", disposition: { kind: "fail-row" } } as const;

const newToken = "Give the number a new access token; the broadcast then goes on where it stopped.";
const permission =
  "Give the access token the whatsapp_business_messaging and whatsapp_business_management permissions; the broadcast then goes on.";
const wait = "Meta has trouble of its own; we try again by ourselves, nothing to do.";
const register = "Register this number again in WhatsApp Manager, then resume the broadcast.";
const mmApi =
  "This comes from Meta's Marketing Messages API, which we don't use; check the number's setup in WhatsApp Manager.";
const fixTemplate = "Correct the template as Meta's words say and submit it again.";
const checkVariables = "Check what the broadcast puts into the template's variables.";
const checkValues = `Meta doesn't accept a value in this message. ${checkVariables}`;
const slowDown =
  "We slow down by ourselves; if it happens often, lower the number's messages a second.";
const repairPayment =
  "Repair the payment method of the WhatsApp account in Meta's billing hub, then resume.";

/**
 * Rules for Meta's codes (developers.facebook.com, WhatsApp Cloud API error codes, September 2026).
 * `ruleFor` also covers ranges and codes that aren't listed.
 */
export const failureRules = {
  0: { ...pauseProvider, title: "Access token not accepted", advice: newToken },
  1: { ...retry, title: "Unknown Meta error", advice: wait },
  2: { ...retry, title: "Meta is unavailable", advice: wait },
  3: { ...pauseProvider, title: "Permission missing", advice: permission },
  4: { ...throttle, title: "Too many calls to Meta", advice: slowDown },
  10: { ...pauseProvider, title: "Permission missing", advice: permission },
  17: { ...throttle, title: "Too many calls to Meta", advice: slowDown },
  33: {
    ...stopNumber,
    title: "Phone number deleted",
    advice: "This number no longer exists at Meta; connect another one and send from there.",
  },
  100: { ...failRow, title: "Invalid parameter", advice: checkValues },
  104: { ...pauseProvider, title: "Access token missing", advice: newToken },
  190: { ...pauseProvider, title: "Access token expired", advice: newToken },
  368: {
    ...pauseWaba,
    title: "Account blocked for policy violations",
    advice:
      "Open Account Quality in Meta Business Suite, ask for a review, and resume once lifted.",
  },
  803: {
    ...pauseProvider,
    title: "Phone number or account not found",
    advice: "Check the phone number id and that the access token may see it, then resume.",
  },
  80007: {
    scope: "waba",
    disposition: { kind: "retry" },
    title: "Too many account requests",
    advice: "Template and number updates pause for up to an hour; sending goes on, nothing to do.",
  },
  130403: {
    ...failLasting,
    title: "You blocked this person",
    advice: "Unblock this person in WhatsApp to send to them again.",
  },
  130429: { ...throttle, title: "Number's speed limit reached", advice: slowDown },
  130472: {
    ...failOnce,
    title: "Held back by a Meta experiment",
    advice: "Meta leaves this person out of marketing for a test; reach them another way.",
  },
  130497: {
    ...failOnce,
    title: "Country not allowed",
    advice: "Your account may not send to this country; leave it out of the audience.",
  },
  131000: { ...retry, title: "Unknown Meta error", advice: wait },
  131005: { ...pauseProvider, title: "Access denied", advice: permission },
  131008: {
    ...failRow,
    title: "A value is missing",
    advice: `A variable of the template was empty. ${checkVariables}`,
  },
  131009: { ...failRow, title: "A value is not accepted", advice: checkValues },
  131016: { ...retry, title: "Meta service unavailable", advice: wait },
  131020: {
    ...failRow,
    title: "Group not valid",
    advice: "Messages to groups are not supported; send to people.",
  },
  131021: {
    ...failLasting,
    title: "Sender and recipient are the same",
    advice: "This contact has the sending number's own phone; leave it out of the audience.",
  },
  131026: {
    ...failLasting,
    title: "Message undeliverable",
    advice:
      "The person may not be on WhatsApp or uses an old version; check the phone number, don't keep sending.",
  },
  131030: {
    ...failOnce,
    title: "Not on the test number's list",
    advice: "A test number sends to listed phones only: add this phone in Meta's app dashboard.",
  },
  131031: {
    ...pauseWaba,
    title: "Account locked",
    advice: "Meta locked the WhatsApp account: see Account Quality in Meta Business Suite.",
  },
  131036: {
    ...failOnce,
    title: "Not delivered to the person's device",
    advice: "Something failed on this person's phone; a later message may arrive.",
  },
  131037: {
    ...stopNumber,
    title: "Display name not approved",
    advice: "Get this number's display name approved in WhatsApp Manager, then resume.",
  },
  131042: { ...pauseWaba, title: "Payment problem", advice: repairPayment },
  131044: { ...pauseWaba, title: "Payment problem", advice: repairPayment },
  131045: { ...stopNumber, title: "Number not registered correctly", advice: register },
  131047: {
    ...failOnce,
    title: "More than 24 hours since the last reply",
    advice: "Only template messages reach this person until they write again.",
  },
  131048: {
    scope: "number",
    disposition: { kind: "pause-number" },
    title: "Too many people blocked or reported this number",
    advice:
      "Sending rests: look at the audience and the message, and resume when the quality rating recovers.",
  },
  131049: {
    scope: "recipient",
    disposition: { kind: "hold-recipient", hoursMin: 24 },
    title: "Meta limits marketing to this person",
    advice:
      "This person gets much marketing already; wait at least 24 hours, retries are punished by Meta.",
  },
  131050: {
    scope: "recipient",
    disposition: { kind: "opt-out-recipient" },
    title: "The person stopped your marketing",
    advice: "The contact is opted out; they get marketing again only once they resume it.",
  },
  131051: {
    ...failRow,
    title: "Message type not supported",
    advice: "Meta doesn't know this kind of message; choose another template.",
  },
  131052: {
    ...failRow,
    title: "Incoming media not readable",
    advice: "A file someone sent to you could not be fetched; ask them to send it again.",
  },
  131053: {
    scope: "template",
    disposition: { kind: "retry" },
    title: "Media could not be loaded",
    advice:
      "Meta could not fetch the header's file: check that its link opens for everyone and its size.",
  },
  131055: { ...pauseTemplate, title: "Only marketing templates allowed", advice: mmApi },
  131056: {
    scope: "pair",
    disposition: { kind: "retry-recipient", delaySecondsBase: 4 },
    title: "Too many messages to this person",
    advice: "We wait a little and try this person again by ourselves, nothing to do.",
  },
  131057: {
    scope: "number",
    disposition: { kind: "hold-number", ms: 120_000 },
    title: "Number in maintenance",
    advice: "Meta is raising this number's speed; sending goes on within two minutes.",
  },
  131060: {
    ...failRow,
    title: "Message not available",
    advice: "A message of the WhatsApp Business app could not be passed on; look at the phone.",
  },
  131062: {
    ...failOnce,
    title: "The person's phone number is needed",
    advice: "This template can't go to a username; add the person's phone number.",
  },
  131063: {
    ...pauseWaba,
    title: "Marketing switched off for this account",
    advice:
      "Marketing is switched off on Cloud API for this account: switch it on in WhatsApp Manager, then resume.",
  },
  131064: {
    ...pauseWaba,
    title: "Limited for miscategorized templates",
    advice:
      "Utility templates were found to be marketing; correct them, Meta lifts the limit by itself.",
  },
  132000: {
    ...suspectTemplate,
    title: "Number of values doesn't match the template",
    advice: "The template changed at Meta: sync templates and map its variables again.",
  },
  132001: {
    ...pauseTemplate,
    title: "Template not found",
    advice: "Sync templates and check that this one is approved in this language, then resume.",
  },
  132005: {
    ...failRow,
    title: "Text too long",
    advice: "With this person's values the text gets too long: shorten the values.",
  },
  132007: {
    ...pauseTemplate,
    title: "Content against WhatsApp's policy",
    advice: "Change the template's content to meet WhatsApp's policy, or choose another template.",
  },
  132008: { ...failRow, title: "A value is not accepted", advice: checkValues },
  132012: {
    ...suspectTemplate,
    title: "A value has the wrong format",
    advice: `The values don't have the form this template wants. ${checkVariables}`,
  },
  132015: {
    ...pauseTemplate,
    title: "Template paused",
    advice:
      "Meta paused this template for low quality; wait until it is active again, or use another.",
  },
  132016: {
    ...pauseTemplate,
    title: "Template disabled",
    advice: "Meta disabled this template for good; make a new one and a new broadcast.",
  },
  132018: {
    ...pauseTemplate,
    title: "Template not valid",
    advice: `${fixTemplate} Or choose another template.`,
  },
  132068: {
    ...pauseTemplate,
    title: "Flow blocked",
    advice: "The template's flow is blocked at Meta: repair it in WhatsApp Manager, then resume.",
  },
  132069: {
    ...pauseTemplate,
    title: "Flow limited",
    advice: "The template's flow may send few messages an hour until repaired; resume in an hour.",
  },
  133000: { ...stopNumber, title: "Number not fully deregistered", advice: register },
  133004: { ...retry, title: "Meta server unavailable", advice: wait },
  133005: { ...stopNumber, title: "Wrong two-step PIN", advice: register },
  133006: {
    ...stopNumber,
    title: "Number not verified",
    advice: "Verify this number in WhatsApp Manager and register it, then resume.",
  },
  133008: { ...stopNumber, title: "Too many PIN attempts", advice: register },
  133009: { ...stopNumber, title: "PIN entered too fast", advice: register },
  133010: { ...stopNumber, title: "Number not registered", advice: register },
  133015: {
    ...stopNumber,
    title: "Number just deleted",
    advice: "Wait five minutes, register this number again in WhatsApp Manager, then resume.",
  },
  133016: {
    ...stopNumber,
    title: "Registered too often",
    advice: "Wait until Meta allows registering this number again (72 hours), then resume.",
  },
  134011: {
    ...pauseWaba,
    title: "Payments terms not accepted",
    advice: "Accept the WhatsApp Payments terms in WhatsApp Manager, then resume.",
  },
  134100: { ...pauseTemplate, title: "Only marketing templates allowed", advice: mmApi },
  134101: {
    ...pauseTemplate,
    title: "Template still syncing",
    advice: "Meta is still preparing this template; resume in ten minutes.",
  },
  134102: { ...pauseTemplate, title: "Template not usable", advice: mmApi },
  134103: { ...pauseTemplate, title: "Template not usable", advice: mmApi },
  135000: {
    ...failRow,
    title: "Request not accepted",
    advice: `Meta doesn't say why. ${checkVariables}`,
  },
  137000: {
    ...failOnce,
    title: "The person's identity changed",
    advice: "This person's WhatsApp account changed; confirm with them before sending again.",
  },
  1752041: { ...pauseWaba, title: "Account setup repeated", advice: mmApi },
  2388019: {
    ...templateEdit,
    title: "Too many templates",
    advice: "Delete templates you don't use, or verify your business with Meta to have more.",
  },
  2388039: {
    ...templateEdit,
    title: "Template can't be changed now",
    advice: "Wait until Meta has reviewed the template, then change it.",
  },
  2388040: { ...templateEdit, title: "Template text too long", advice: fixTemplate },
  2388047: { ...templateEdit, title: "Template header not valid", advice: fixTemplate },
  2388072: { ...templateEdit, title: "Template body not valid", advice: fixTemplate },
  2388073: { ...templateEdit, title: "Template footer not valid", advice: fixTemplate },
  2388293: {
    ...templateEdit,
    title: "Too many variables for the text",
    advice: "Write more text around the template's variables, or use fewer, and submit it again.",
  },
  2388299: {
    ...templateEdit,
    title: "Variable at the start or end",
    advice: "Put text before the first and after the last variable, and submit it again.",
  },
} as const satisfies Record<number, FailureRule>;
