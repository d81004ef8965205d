import { DomainError } from "@loudhailer/core/domain-error.ts";
import { CliError } from "./cli-error.ts";
import { buildProgram } from "./program.ts";

try {
  await buildProgram().parseAsync();
  // What a stopped run still waited for must not hold this process.
  process.exit();
} catch (error) {
  const isMendable = error instanceof CliError || error instanceof DomainError;
  console.error(isMendable ? `loudhailer: ${error.message}` : error);
  process.exit(1);
}
