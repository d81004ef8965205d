/** Answered with 503: the request can't be processed now, and Meta should send it again. */
export class UnavailableError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "UnavailableError";
  }
}

/** Answered with 401: no app secret known here signed the body. */
export class SignatureError extends Error {
  constructor() {
    super("The signature matches no app secret known here.");
    this.name = "SignatureError";
  }
}

/** Answered with 400: the body isn't JSON, or is JSON that Meta would never send. */
export class MalformedBodyError extends Error {
  constructor(options?: ErrorOptions) {
    super("The body must be JSON.", options);
    this.name = "MalformedBodyError";
  }
}

/** Answered with 413: the body is larger than Meta's limit. */
export class BodyTooLargeError extends Error {
  constructor() {
    super("The body is larger than 3 MB.");
    this.name = "BodyTooLargeError";
  }
}
