import { once } from "node:events";
import { createServer } from "node:http";
import { handleRequest } from "./handle-request.ts";
import { summarizeLedger, type LedgerSummary } from "./ledger/summarize-ledger.ts";
import {
  resolveOptions,
  type Faults,
  type GivenNumber,
  type NumberOptions,
  type SimulatorOptions,
} from "./options.ts";
import { pickOptions } from "./registry.ts";
import { setFaults } from "./routes/control.ts";
import { createState } from "./state.ts";

export interface Simulator {
  /** Address to use for the Graph API: `http://127.0.0.1:PORT`. */
  readonly url: string;
  ledger(): LedgerSummary;
  /** Adds a number, or changes an existing one. Returns it with its defaults filled in. */
  addNumber(number: GivenNumber): NumberOptions;
  setFaults(faults: Partial<Faults>): void;
  /** Closes at once: ends connections and drops pending webhooks. */
  close(): Promise<void>;
}

/**
 * Starts a simulator of Meta's Graph API in this process. Resolves when it is listening.
 * @throws Error in one sentence if an option is invalid or the simulator can't listen on the port
 */
export async function startSimulator(options: Partial<SimulatorOptions> = {}): Promise<Simulator> {
  const state = createState(resolveOptions(options));
  const { host, port } = state.options;
  const server = createServer(
    // Clients end idle connections: if the server ended one, a request could be on its way.
    { keepAliveTimeout: 120_000, requestTimeout: 0, noDelay: true },
    (request, response) => handleRequest(state, request, response),
  );
  server.listen(port, host);
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string")
    throw new Error("the simulator needs a TCP port to listen on");
  state.url = `http://${host.includes(":") ? `[${host}]` : host}:${address.port}`;
  return {
    url: state.url,
    ledger: () => summarizeLedger(state),
    addNumber: (number) => pickOptions(state.registry.addNumber(number)),
    setFaults: (faults) => setFaults(state, faults),
    close: async () => {
      for (const timer of state.timers) clearTimeout(timer);
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await Promise.all([closed, state.webhooks.close()]);
    },
  };
}
