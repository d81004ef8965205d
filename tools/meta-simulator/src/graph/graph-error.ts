import { randomBytes } from "node:crypto";

interface GraphAnswer {
  readonly httpStatus: number;
  readonly code: number;
  readonly message: string;
  /** `OAuthException` unless given. */
  readonly type?: string;
  readonly details?: string;
  readonly subcode?: number | undefined;
  readonly userTitle?: string;
  readonly userMessage?: string;
}

/**
 * Refusal in the form of the Graph API, which a route throws. It isn't an Error: collecting the
 * stack would double the CPU time of a refusal (from 9 to 18 µs), and nothing has gone wrong here.
 */
export class GraphFailure {
  readonly answer: GraphAnswer;

  constructor(answer: GraphAnswer) {
    this.answer = answer;
  }
}

interface KnownError {
  readonly httpStatus: number;
  readonly title: string;
  readonly details: string;
  readonly subcode?: number;
}

/** Entry of Meta's table; without an HTTP status of its own, it is answered with 400. */
type TableEntry = Partial<KnownError> & Pick<KnownError, "title">;

/**
 * Meta's error table for the errors that the simulator gives: HTTP statuses of December 2025,
 * titles and details in Meta's words. A failed status webhook has the same title and details.
 */
const knownErrors: Readonly<Record<number, TableEntry>> = {
  100: { title: "Invalid parameter" },
  130429: {
    title: "Rate limit hit",
    details: "Cloud API message throughput has been reached.",
    subcode: 2494055,
  },
  130472: {
    title: "User's number is part of an experiment",
    details: "Failed to send message because this user's phone number is part of an experiment",
  },
  131000: {
    httpStatus: 500,
    title: "Something went wrong",
    details: "Message failed to send due to an unknown error.",
  },
  131005: {
    httpStatus: 403,
    title: "Access denied",
    details: "Permission is either not granted or has been removed.",
  },
  131008: { title: "Required parameter is missing" },
  131009: { title: "Parameter value is not valid" },
  131016: {
    httpStatus: 500,
    title: "Service unavailable",
    details: "A service is temporarily unavailable.",
  },
  131021: {
    title: "Recipient cannot be sender",
    details: "Sender and recipient phone number is the same.",
  },
  131026: { title: "Message undeliverable", details: "Message Undeliverable." },
  131031: {
    httpStatus: 403,
    title: "Business Account locked",
    details: "Your account has been locked.",
  },
  131042: {
    title: "Business eligibility payment issue",
    details:
      "Message failed to send because there were one or more errors related to your payment method.",
  },
  131047: {
    title: "Re-engagement message",
    details:
      "Message failed to send because more than 24 hours have passed since the customer last replied to this number.",
  },
  131048: {
    title: "Spam rate limit hit",
    details:
      "Message failed to send because there are restrictions on how many messages can be sent from this phone number.",
  },
  131049: {
    title: "This message was not delivered to maintain healthy ecosystem engagement.",
    details:
      "In order to maintain a healthy ecosystem engagement, the message failed to be delivered.",
  },
  131050: {
    title: "User has stopped marketing messages from this business",
    details:
      "Unable to deliver the message. This recipient has chosen to stop receiving marketing messages on WhatsApp from your business.",
  },
  131053: {
    title: "Media upload error",
    details: "Unable to upload the media used in the message.",
  },
  131056: {
    title: "(Business Account, Consumer Account) pair rate limit hit",
    details:
      "Message failed to send because there were too many messages sent from this phone number to the same phone number in a short period of time.",
  },
  131057: {
    httpStatus: 500,
    title: "Account in maintenance mode",
    details: "Business Account is in maintenance mode.",
  },
  131062: {
    title: "Business-scoped User ID (BSUID) recipients are not supported for this message",
    details: "Authentication templates can only be sent to a phone number.",
  },
  132000: { title: "Number of parameters does not match the expected number of params" },
  132001: { httpStatus: 404, title: "Template name does not exist in the translation" },
  132005: { title: "Translated text too long" },
  132007: {
    title: "Template format character policy violated",
    details: "Template content violates a WhatsApp policy.",
  },
  132012: { title: "Parameter format does not match format in the created template" },
  132015: {
    title: "Template is paused",
    details: "Template is paused due to low quality so it cannot be sent in a template message.",
  },
  132016: {
    title: "Template is disabled",
    details:
      "Template has been paused too many times due to low quality and is now permanently disabled.",
  },
  132018: { title: "There's an issue with the parameters in your template" },
  133010: {
    title: "Account not registered",
    details: "Phone number not registered on the WhatsApp Business Platform.",
  },
};

/**
 * Returns a code's HTTP status, title, and details in Meta's table, or neutral ones if it has none.
 */
export function describeError(code: number): KnownError {
  const unknown = { title: `Error ${code}`, details: `Error ${code}` };
  return { httpStatus: 400, details: "", ...(knownErrors[code] ?? unknown) };
}

/**
 * Returns the refusal for a code of the messages API; `details` names the offender as Meta does.
 */
export function messageFailure(code: number, details?: string): GraphFailure {
  const known = describeError(code);
  return new GraphFailure({
    httpStatus: known.httpStatus,
    code,
    message: `(#${code}) ${known.title}`,
    details: details ?? known.details,
    subcode: known.subcode,
  });
}

/** Returns code 100 with only a message, as Graph does for a missing or mistyped parameter. */
export function parameterFailure(message: string): GraphFailure {
  return new GraphFailure({ httpStatus: 400, code: 100, message: `(#100) ${message}` });
}

/** Returns code 100 with a subcode and words for the user, as Graph does for a template. */
export function templateFailure(
  subcode: number,
  userTitle: string,
  userMessage: string,
): GraphFailure {
  const message = "(#100) Invalid parameter";
  return new GraphFailure({ httpStatus: 400, code: 100, subcode, message, userTitle, userMessage });
}

/**
 * Returns Graph's answer for an object that doesn't exist or that this token can't see. It doesn't
 * tell which.
 */
export function unknownObject(method: string, id: string): GraphFailure {
  return new GraphFailure({
    httpStatus: 400,
    code: 100,
    subcode: 33,
    message: `Unsupported ${method.toLowerCase()} request. Object with ID '${id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation. Please read the Graph API documentation at https://developers.facebook.com/docs/graph-api`,
    type: "GraphMethodException",
  });
}

export const invalidToken = new GraphFailure({
  httpStatus: 401,
  code: 190,
  message: "Invalid OAuth access token - Cannot parse access token",
});

export const expiredToken = new GraphFailure({
  httpStatus: 401,
  code: 190,
  subcode: 463,
  message: "Error validating access token: Session has expired",
});

export const missingToken = new GraphFailure({
  httpStatus: 401,
  code: 104,
  message: "An access token is required to request this resource",
});

export const noPermissionOnWaba = new GraphFailure({
  httpStatus: 403,
  code: 200,
  subcode: 1349174,
  message: "Your app doesn't have permission to access this WhatsApp Business Account",
  userTitle: "Permission Denied",
  userMessage: "Your app doesn't have permission to access this resource",
});

/** Returns the JSON body of a refusal, each with its own `fbtrace_id`. */
export function renderFailure({ answer }: GraphFailure): string {
  return JSON.stringify({
    error: {
      message: answer.message,
      type: answer.type ?? "OAuthException",
      code: answer.code,
      ...(answer.details
        ? { error_data: { messaging_product: "whatsapp", details: answer.details } }
        : {}),
      error_subcode: answer.subcode,
      error_user_title: answer.userTitle,
      error_user_msg: answer.userMessage,
      fbtrace_id: `A${randomBytes(16).toString("base64url")}`,
    },
  });
}
