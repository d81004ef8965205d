import closeWithGrace from "close-with-grace";
import type { z } from "zod";
import type { logLevel } from "./env-fields.ts";
import { parseEnv } from "./env.ts";
import { createLogger, type Logger } from "./logger.ts";
import { createMetrics, type Metrics } from "./metrics.ts";
import { StartError } from "./start-error.ts";

const closeMsMax = 12_000;
/**
 * Milliseconds in which a second signal is ignored. Ctrl-C reaches the whole process group, and the
 * parent then sends its own SIGTERM.
 */
const signalEchoMs = 2_000;
const stopSignals = ["SIGTERM", "SIGINT", "SIGHUP"] as const;
/**
 * Events that close-with-grace must not handle. The stop signals are handled here, and Node's
 * default is right for the others.
 */
const skippedEvents = [
  ...stopSignals,
  "SIGQUIT",
  "SIGILL",
  "SIGTRAP",
  "SIGABRT",
  "SIGBUS",
  "SIGFPE",
  "SIGSEGV",
  "SIGUSR2",
  "beforeExit",
] as const;

type Close = () => unknown;
type ServiceEnv = z.ZodObject<{ LOG_LEVEL: typeof logLevel }>;

export interface Service<Env> {
  env: Env;
  log: Logger;
  metrics: Metrics;
  /** Adds a close. Closes run in reverse order, one at a time, within 12 s in total. */
  onShutdown(close: Close): void;
}

/**
 * Runs one service in this process: parses its environment, starts it, and stops it on SIGTERM,
 * SIGINT, or SIGHUP (exit 0). A second signal more than 2 s after the first exits immediately.
 * Prints problems that the operator can fix (StartError) in plain text, and logs all other
 * failures, including unhandled rejections. Both exit 1 after closing everything that was opened.
 */
export async function runService<S extends ServiceEnv>(
  name: string,
  envSchema: S,
  start: (service: Service<z.output<S>>) => Promise<void>,
): Promise<void> {
  const env = parseEnvOrExit(name, envSchema);
  const log = createLogger({ service: name, level: env.LOG_LEVEL });
  const metrics = createMetrics(name);
  const closes: Close[] = [];
  stopOnSignals(log, closes);
  try {
    await start({ env, log, metrics, onShutdown: (close) => closes.push(close) });
    log.info("service started");
  } catch (error) {
    if (error instanceof StartError) explain(name, error);
    else log.fatal({ err: error }, "service could not start");
    setTimeout(() => process.exit(1), closeMsMax);
    await closeAll(closes, log);
    process.exit(1);
  }
}

function parseEnvOrExit<S extends ServiceEnv>(name: string, envSchema: S): z.output<S> {
  try {
    return parseEnv(envSchema);
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    explain(name, error);
    return process.exit(1);
  }
}

function explain(name: string, error: StartError): void {
  process.stderr.write(`loudhailer ${name} cannot start.\n${error.message}\n`);
}

function stopOnSignals(log: Logger, closes: Close[]): void {
  const grace = closeWithGrace(
    {
      delay: closeMsMax,
      skip: [...skippedEvents],
      logger: false,
      onTimeout: () => log.fatal({ closeMsMax }, "service did not stop in time"),
      onSecondError: (err) => log.fatal({ err }, "second failure while stopping"),
    },
    async ({ err, manual }) => {
      if (!manual) log.fatal({ err }, "unhandled failure, service stops");
      await closeAll(closes, log);
      // A rejection with undefined would otherwise exit with 0.
      if (!manual) process.exit(1);
    },
  );
  let stoppedAtMs: number | undefined;
  for (const signal of stopSignals) {
    process.on(signal, () => {
      if (stoppedAtMs === undefined) {
        stoppedAtMs = performance.now();
        log.info({ signal }, "service stops");
        grace.close();
      } else if (performance.now() - stoppedAtMs > signalEchoMs) {
        log.fatal({ signal }, "second signal, service ends at once");
        process.exit(1);
      }
    });
  }
}

/** Runs all closes, last first. Logs a close that fails and continues. */
async function closeAll(closes: Close[], log: Logger): Promise<void> {
  for (let close = closes.pop(); close; close = closes.pop()) {
    try {
      await close();
    } catch (error) {
      log.error({ err: error }, "close failed");
    }
  }
  log.info("service stopped");
}
