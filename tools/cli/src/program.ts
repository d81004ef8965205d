import { Command, InvalidArgumentError, Option } from "commander";
import { createOutput } from "./output.ts";

/**
 * Returns the command line: each command's options and the function it calls. Loads a command's
 * code when it is called, since most commands need little of it.
 */
export function buildProgram(): Command {
  const program = new Command("loudhailer")
    .description("WhatsApp broadcasts over Meta's official Cloud API")
    .showHelpAfterError("(loudhailer --help shows all commands)");
  const stdout = createOutput(process.stdout);
  const outputFor = (json: boolean | undefined) => (json ? createOutput(process.stderr) : stdout);

  program
    .command("demo")
    .description(
      "send a broadcast to the simulated Meta, on this machine, and count what became of it",
    )
    .option("--contacts <file>", "a CSV of contacts (default: examples/contacts.csv)")
    .addOption(
      new Option("--recipients <n>", "so many made-up contacts instead")
        .argParser(wholeNumber(1, 2_000_000))
        .conflicts("contacts"),
    )
    .option("--country <code>", "of phone numbers in national form, such as DE (the sample's)")
    .option("--rate <mps>", "messages per second", wholeNumber(1, 10_000), 80)
    .option("--no-dashboard", "leave the dashboard out")
    .option("--exit", "stop when it is done")
    .option("--json", "print one JSON object on stdout when it is done")
    .action(async (options) => {
      const { demo } = await import("./commands/demo.ts");
      await demo(options, outputFor(options.json));
    });

  program
    .command("up")
    .description("run everything that the environment does not give, until Ctrl-C")
    .addOption(new Option("--no-dashboard", "leave the dashboard out").conflicts("dev"))
    .option("--dev", "run the dashboard from its sources, for work on it")
    .option("--production", "run as in production")
    .option("--replicas <n>", "so many dispatchers", wholeNumber(1, 64), 1)
    .action(async ({ replicas, production = false, dashboard, dev }) => {
      const { up } = await import("./commands/up.ts");
      const shown = dev ? "dev" : "built";
      await up({ replicas, production, dashboard: dashboard ? shown : "none" }, stdout);
    });

  program
    .command("migrate")
    .description("bring the database's schema up to date")
    .action(async () => (await import("./commands/migrate.ts")).migrate(stdout));
  program
    .command("seed")
    .description("make the organization Datacare Demo; safe to repeat")
    .action(async () => (await import("./commands/seed.ts")).seed(stdout));

  program
    .command("organization")
    .description("organizations")
    .command("create")
    .description("make an organization, its owner and an API key")
    .requiredOption("--name <name>", "the organization's name")
    .requiredOption("--email <email>", "the owner's e-mail address")
    .requiredOption("--password <password>", "the owner's password")
    .option("--json", "print { organizationId, userId, apiKey }")
    .action(async ({ json = false, ...options }) => {
      const { createOrganization } = await import("./commands/create-organization.ts");
      await createOrganization({ ...options, json }, outputFor(json));
    });

  program
    .command("webhook-events")
    .description("what Meta's webhooks brought and could not be applied")
    .command("retry")
    .description("apply it again, after a fix")
    .option("--json", "print { applied, kept: { reason: count } }")
    .action(async ({ json = false }) => {
      const { retryWebhookEvents } = await import("./commands/retry-webhook-events.ts");
      await retryWebhookEvents({ json }, outputFor(json));
    });

  program
    .command("keys")
    .description("the keys that stored secrets are encrypted with")
    .command("rotate")
    .description("encrypt all secrets with the first key of ENCRYPTION_KEYS; safe to repeat")
    .option("--json", "print { currentKey, before: { key: count }, rotated, unreadable }")
    .action(async ({ json = false }) => {
      const { rotateKeys } = await import("./commands/rotate-keys.ts");
      await rotateKeys({ json }, outputFor(json));
    });

  program
    .command("test")
    .description("run all tests, or those that vitest's arguments pick")
    .argument("[vitest-args...]")
    .allowUnknownOption()
    .helpOption(false)
    .action(async (vitestArgs: string[]) => {
      const { test } = await import("./commands/test.ts");
      exitWith(await test(vitestArgs));
    });
  program
    .command("check")
    .description("check formatting, lint, types and unused code")
    .action(async () => {
      const { check } = await import("./commands/check.ts");
      exitWith(await check());
    });
  program
    .command("bench")
    .description("run benchmarks; bench --help names them")
    .argument("[bench-args...]")
    .allowUnknownOption()
    .helpOption(false)
    .action(async (benchArgs: string[]) => {
      const { bench } = await import("./commands/bench.ts");
      exitWith(await bench(benchArgs));
    });
  return program;
}

function exitWith(code: number): void {
  process.exitCode = code;
}

function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (Number.isInteger(number) && number >= min && number <= max) return number;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}
