import { hashInteger, hashText } from "../hash.ts";
import { RollingSecond } from "../rates/rolling-second.ts";
import { Column } from "./column.ts";
import { HashIndex } from "./hash-index.ts";
import { Recipients } from "./recipients.ts";
import { formatWamid } from "./wamid.ts";
import { withoutAttempt } from "./without-attempt.ts";

/** Last status of an accepted message. */
export type Outcome = "delivered" | "read" | "failed";
const outcomes: readonly Outcome[] = ["delivered", "read", "failed"];

export interface AcceptedMessage {
  readonly number: number;
  readonly recipient: number;
  readonly acceptedAt: number;
  readonly template: string;
  readonly category: string;
  readonly callbackData: string | undefined;
  readonly outcome: Outcome;
  /** Meta's code if the outcome is `failed`, else 0. */
  readonly errorCode: number;
  /** Milliseconds for which the message is held before its statuses begin. */
  readonly statusDelayMs: number;
}

export interface NumberTally {
  accepted: number;
  duplicates: number;
  /** Times of the first and the last accepted message, in milliseconds since the epoch. */
  first: number | null;
  last: number | null;
  readonly rolling: RollingSecond;
  /** Number of its refused messages by code. */
  readonly refused: Map<string, number>;
}

let sequenceBase = 0;

/**
 * Record of every accepted message, in columns: about 100 bytes per message, so that a million fit
 * beside everything else. A duplicate is a second acceptance with the same number, recipient, and
 * callback data (without callback data: the same template), whatever attempt it names.
 */
export class Ledger {
  readonly recipientIds = new Recipients();
  readonly refused = new Map<string, number>();
  readonly cut = { before: 0, after: 0 };
  readonly hung = { before: 0, after: 0 };
  readonly statuses = { sent: 0, delivered: 0, read: 0, failed: 0 };
  readonly rolling = new RollingSecond();
  readonly #sequenceBase = sequenceBase;
  readonly #tallies: NumberTally[] = [];
  readonly #names: string[] = [];
  readonly #nameIds = new Map<string, number>();
  readonly #keys = new HashIndex();
  readonly #recipients = new HashIndex();
  readonly #number = new Column((length) => new Uint16Array(length));
  readonly #recipient = new Column((length) => new Float64Array(length));
  readonly #acceptedAt = new Column((length) => new Float64Array(length));
  readonly #template = new Column((length) => new Uint16Array(length));
  readonly #category = new Column((length) => new Uint16Array(length));
  readonly #outcome = new Column((length) => new Uint8Array(length));
  readonly #errorCode = new Column((length) => new Int32Array(length));
  readonly #statusDelayMs = new Column((length) => new Int32Array(length));
  readonly #callbackData: (string | undefined)[] = [];
  #recipientCount = 0;
  #duplicates = 0;

  get size(): number {
    return this.#callbackData.length;
  }

  get recipientCount(): number {
    return this.#recipientCount;
  }

  get duplicates(): number {
    return this.#duplicates;
  }

  /** Records a message. Returns its index. */
  record(message: AcceptedMessage): number {
    const index = this.#callbackData.length;
    const template = this.#intern(message.template);
    this.#number.set(index, message.number);
    this.#recipient.set(index, message.recipient);
    this.#acceptedAt.set(index, message.acceptedAt);
    this.#template.set(index, template);
    this.#category.set(index, this.#intern(message.category));
    this.#outcome.set(index, outcomes.indexOf(message.outcome));
    this.#errorCode.set(index, message.errorCode);
    this.#statusDelayMs.set(index, message.statusDelayMs);
    this.#callbackData.push(message.callbackData);
    sequenceBase++;
    this.#tallyRecipient(index, message.recipient);
    const isDuplicate = this.#isDuplicate(index, message, template);
    if (isDuplicate) this.#duplicates++;
    this.rolling.record(message.acceptedAt);
    const tally = this.tally(message.number);
    tally.accepted++;
    if (isDuplicate) tally.duplicates++;
    tally.first ??= message.acceptedAt;
    tally.last = message.acceptedAt;
    tally.rolling.record(message.acceptedAt);
    return index;
  }

  tally(number: number): NumberTally {
    let tally = this.#tallies[number];
    if (tally === undefined) {
      tally = {
        accepted: 0,
        duplicates: 0,
        first: null,
        last: null,
        rolling: new RollingSecond(),
        refused: new Map(),
      };
      this.#tallies[number] = tally;
    }
    return tally;
  }

  /** Counts a refusal. `number` is undefined if the simulator doesn't have the number. */
  countRefusal(code: string, number: number | undefined): void {
    this.refused.set(code, (this.refused.get(code) ?? 0) + 1);
    if (number === undefined) return;
    const { refused } = this.tally(number);
    refused.set(code, (refused.get(code) ?? 0) + 1);
  }

  wamid(index: number): string {
    return formatWamid(this.recipientId(index), this.#sequenceBase + index);
  }

  recipientId(index: number): string {
    return this.recipientIds.idOf(this.#recipient.get(index));
  }

  isUserId(index: number): boolean {
    return this.#recipient.get(index) < 0;
  }

  number(index: number): number {
    return this.#number.get(index);
  }

  acceptedAt(index: number): number {
    return this.#acceptedAt.get(index);
  }

  template(index: number): string {
    return this.#names[this.#template.get(index)] ?? "";
  }

  category(index: number): string {
    return this.#names[this.#category.get(index)] ?? "";
  }

  callbackData(index: number): string | undefined {
    return this.#callbackData[index];
  }

  outcome(index: number): Outcome {
    return outcomes[this.#outcome.get(index)] ?? "delivered";
  }

  errorCode(index: number): number {
    return this.#errorCode.get(index);
  }

  statusDelayMs(index: number): number {
    return this.#statusDelayMs.get(index);
  }

  #intern(name: string): number {
    let id = this.#nameIds.get(name);
    if (id === undefined) {
      id = this.#names.push(name) - 1;
      this.#nameIds.set(name, id);
    }
    return id;
  }

  #tallyRecipient(index: number, recipient: number): void {
    const hash = hashInteger(recipient, 0);
    if (this.#recipients.find(hash, (entry) => this.#recipient.get(entry) === recipient) !== -1)
      return;
    this.#recipients.insert(hash, index);
    this.#recipientCount++;
  }

  #isDuplicate(index: number, message: AcceptedMessage, template: number): boolean {
    const { number, recipient } = message;
    const callbackData = withoutAttempt(message.callbackData);
    const key = callbackData === undefined ? template : hashText(callbackData, 1);
    const hash = hashInteger(recipient, key ^ (number << 16));
    const first = this.#keys.find(
      hash,
      (entry) =>
        this.#recipient.get(entry) === recipient &&
        this.#number.get(entry) === number &&
        withoutAttempt(this.#callbackData[entry]) === callbackData &&
        (callbackData !== undefined || this.#template.get(entry) === template),
    );
    if (first === -1) this.#keys.insert(hash, index);
    return first !== -1;
  }
}
