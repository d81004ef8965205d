import { Ledger } from "./ledger/ledger.ts";
import { MediaStore } from "./media-store.ts";
import { faultsSchema, type Faults, type SimulatorOptions } from "./options.ts";
import { ForcedOutcomes } from "./outcomes/forced-outcomes.ts";
import { PairRate } from "./rates/pair-rate.ts";
import { Registry } from "./registry.ts";
import { UploadStore } from "./upload-store.ts";
import { Webhooks, type WebhooksContext } from "./webhooks/webhooks.ts";

/** Complete state of a running simulator. */
export interface SimulatorState extends WebhooksContext {
  readonly options: SimulatorOptions;
  readonly faults: Faults;
  readonly registry: Registry;
  readonly forced: ForcedOutcomes;
  readonly media: MediaStore;
  readonly uploads: UploadStore;
  readonly webhooks: Webhooks;
  ledger: Ledger;
  pairRate: PairRate;
  /** Recipient and callback data of messages without an answer, which happens to each only once. */
  readonly lostOnce: Set<string>;
  readonly timers: Set<NodeJS.Timeout>;
  webhookUrl: string | undefined;
  verifyToken: string | undefined;
  isTokenExpired: boolean;
  /** Number of requests to send so far; decides the faults that hit a request, not a recipient. */
  requests: number;
  /** Address of the simulator, without a trailing slash. */
  url: string;
}

export function createState(options: SimulatorOptions): SimulatorState {
  const context = {
    options,
    faults: faultsSchema.strip().parse(options),
    registry: new Registry(options),
    forced: new ForcedOutcomes(),
    media: new MediaStore(),
    uploads: new UploadStore(),
    ledger: new Ledger(),
    pairRate: new PairRate(),
    lostOnce: new Set<string>(),
    timers: new Set<NodeJS.Timeout>(),
    webhookUrl: options.webhookUrl,
    verifyToken: options.verifyToken,
    isTokenExpired: false,
    requests: 0,
    url: "",
  };
  return Object.assign(context, { webhooks: new Webhooks(context) });
}

/**
 * Empties the ledger, the rate windows, and the pending webhooks. Numbers, templates, and faults
 * stay.
 */
export function resetState(state: SimulatorState): void {
  state.webhooks.clear();
  state.ledger = new Ledger();
  state.pairRate = new PairRate();
  state.lostOnce.clear();
  state.requests = 0;
}
