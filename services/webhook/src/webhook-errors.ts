/** The request can't be served now and should come again: 503. */
export class UnavailableError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "UnavailableError";
  }
}

/** No secret of ours signed this body: 401. */
export class SignatureError extends Error {
  constructor() {
    super("The signature matches no app secret known here.");
    this.name = "SignatureError";
  }
}

/** The body is no JSON, or none that Meta would send: 400. */
export class MalformedBodyError extends Error {
  constructor(options?: ErrorOptions) {
    super("The body must be JSON.", options);
    this.name = "MalformedBodyError";
  }
}

/** The body is larger than Meta's ever are: 413. */
export class BodyTooLargeError extends Error {
  constructor() {
    super("The body is larger than 3 MB.");
    this.name = "BodyTooLargeError";
  }
}
