import { drawShare } from "../hash.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Faults, SimulatorOptions } from "../options.ts";
import type { PhoneNumber, Registry } from "../registry.ts";
import { CallbackClient } from "./callback-client.ts";
import { DelayWheel } from "./delay-wheel.ts";
import { renderStatuses } from "./render-statuses.ts";
import { delays, encodeStatus, messageOf, statusOf, type Status } from "./status.ts";
import { WebhookQueue, type Payload } from "./webhook-queue.ts";

interface Webhook extends Payload {
  /** Returns the number that it is about, or any number of the account. */
  number(): PhoneNumber | undefined;
  render(number: PhoneNumber, post: number): string;
}

export interface WebhooksContext {
  readonly options: SimulatorOptions;
  readonly faults: Faults;
  readonly registry: Registry;
  ledger: Ledger;
  webhookUrl: string | undefined;
}

const salt = { repeat: 11, reorder: 12 };

/** Gives messages their statuses, and sends these to the receivers. */
export class Webhooks {
  readonly client: CallbackClient;
  readonly #context: WebhooksContext;
  readonly #wheel: DelayWheel;
  readonly #queue: WebhookQueue<Webhook>;
  // Batches of statuses by number; the numbers take turns in the order of this map.
  readonly #ready = new Map<number, number[][]>();
  readonly #events: Webhook[] = [];
  #readySize = 0;

  constructor(context: WebhooksContext) {
    const { options } = context;
    this.#context = context;
    this.client = new CallbackClient({
      connections: options.webhookConnections,
      timeoutMs: options.webhookTimeoutMs,
    });
    this.#wheel = new DelayWheel((codes) => this.#onStatusesDue(codes));
    this.#queue = new WebhookQueue({
      connections: options.webhookConnections,
      retryMs: options.webhookRetryMs,
      retryMsMax: options.webhookRetryMsMax,
      send: (webhook, post) => this.#send(webhook, post),
      isRepeated: (post) =>
        drawShare(post, salt.repeat, options.seed) < context.faults.webhookRepeat,
      next: () => this.#next(),
    });
  }

  get posts(): number {
    return this.#queue.posts;
  }

  get retries(): number {
    return this.#queue.retries;
  }

  /** Number of statuses and changes not acknowledged by a receiver yet, including future ones. */
  get pending(): number {
    return this.#wheel.size + this.#readySize + this.#events.length + this.#queue.unsettled;
  }

  /** Schedules all statuses of a message that was just recorded. */
  schedule(message: number): void {
    const { ledger, options, faults } = this.#context;
    const start = ledger.acceptedAt(message) + ledger.statusDelayMs(message);
    const add = (status: Status, time: Status): void =>
      this.#wheel.add(encodeStatus(message, status), start + delays[time] * options.webhookDelayMs);
    const outcome = ledger.outcome(message);
    if (outcome === "failed") return add("failed", "failed");
    const isReordered =
      faults.webhookReorder > 0 &&
      drawShare(message, salt.reorder, options.seed) < faults.webhookReorder;
    const isRead = outcome === "read";
    add("sent", isReordered && !isRead ? "delivered" : "sent");
    if (isRead) {
      add("delivered", isReordered ? "read" : "delivered");
      add("read", isReordered ? "delivered" : "read");
    } else add("delivered", isReordered ? "sent" : "delivered");
  }

  /** Sends a change of an account's field, such as `message_template_status_update`. */
  sendChange(wabaId: string, field: string, value: unknown): void {
    if (this.#target(wabaId) === undefined) return;
    const entry = { id: wabaId, time: Math.floor(Date.now() / 1000), changes: [{ value, field }] };
    const body = JSON.stringify({ object: "whatsapp_business_account", entry: [entry] });
    const number = () => this.#context.registry.numbersOf(wabaId)[0];
    this.#events.push({ size: 1, number, render: () => body });
    this.#queue.pump();
  }

  pause(milliseconds: number): void {
    this.#queue.pause(milliseconds);
  }

  /** Drops all pending webhooks. */
  clear(): void {
    this.#wheel.clear();
    this.#queue.clear();
    this.#ready.clear();
    this.#events.length = 0;
    this.#readySize = 0;
  }

  async close(): Promise<void> {
    this.clear();
    await this.client.close();
  }

  #onStatusesDue(codes: readonly number[]): void {
    const { ledger, registry } = this.#context;
    for (const code of codes) {
      ledger.statuses[statusOf(code)]++;
      const index = ledger.number(messageOf(code));
      const number = registry.numbers[index];
      if (number === undefined || this.#target(number.wabaId) === undefined) continue;
      this.#addReady(index, code);
    }
    this.#queue.pump();
  }

  #addReady(number: number, code: number): void {
    this.#readySize++;
    const batches = this.#ready.get(number);
    const last = batches?.at(-1);
    if (batches === undefined) this.#ready.set(number, [[code]]);
    else if (last && last.length < this.#context.options.webhookBatch) last.push(code);
    else batches.push([code]);
  }

  #next(): Webhook | undefined {
    const event = this.#events.shift();
    if (event) return event;
    const { ledger, registry, options } = this.#context;
    const [entry] = this.#ready;
    if (entry === undefined) return undefined;
    const [number, batches] = entry;
    const codes = batches.shift() ?? [];
    // Removed and added again at the end, so that every number gets its turn.
    this.#ready.delete(number);
    if (batches.length > 0) this.#ready.set(number, batches);
    this.#readySize -= codes.length;
    return {
      size: codes.length,
      number: () => registry.numbers[number],
      render: (owner, post) =>
        renderStatuses(ledger, owner, codes, options.webhookDelayMs, post % 2 === 1),
    };
  }

  async #send(webhook: Webhook, post: number): Promise<boolean> {
    const number = webhook.number();
    const target = number && this.#target(number.wabaId);
    if (number === undefined || target === undefined) return true;
    return this.client.post(target, webhook.render(number, post), number.appSecret);
  }

  #target(wabaId: string): string | undefined {
    const waba = this.#context.registry.waba(wabaId);
    if (!waba?.isSubscribed) return undefined;
    return waba.overrideCallbackUri ?? this.#context.webhookUrl;
  }
}
