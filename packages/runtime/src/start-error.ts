/**
 * A service can't start for a reason its operator can mend. `message` is printed as it stands:
 * plain sentences that say what is wrong and what to do, never a secret.
 */
export class StartError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StartError";
  }
}
