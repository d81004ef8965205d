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

/** The body is no JSON: 400. */
export class MalformedBodyError extends Error {
  constructor(options?: ErrorOptions) {
    super("The body must be JSON.", options);
    this.name = "MalformedBodyError";
  }
}
