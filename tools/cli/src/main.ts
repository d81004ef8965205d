import { DomainError } from "@loudhailer/core/domain-error.ts";
import { CliError } from "./cli-error.ts";
import { buildProgram } from "./program.ts";

try {
  await buildProgram().parseAsync();
  // Pending operations of a stopped run must not keep this process alive.
  process.exit();
} catch (error) {
  const isUserError = error instanceof CliError || error instanceof DomainError;
  console.error(isUserError ? `loudhailer: ${error.message}` : error);
  process.exit(1);
}
