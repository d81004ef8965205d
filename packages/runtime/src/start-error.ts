/**
 * A problem that keeps a service from starting and that its operator can fix. The `message` is
 * printed unchanged: plain sentences that state the problem and the fix, without secrets.
 */
export class StartError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StartError";
  }
}
