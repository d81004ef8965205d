/** An error that the user of the terminal can fix. Its message is shown without a stack trace. */
export class CliError extends Error {
  override name = "CliError";
}
