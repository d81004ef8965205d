import { hashInteger } from "../hash.ts";
import { Column } from "../ledger/column.ts";
import { HashIndex } from "../ledger/hash-index.ts";

const intervalMs = 6000;
const burst = 45;

/**
 * Meta's pair rate: one message every 6 s from one number to one user. A burst of up to 45 is
 * borrowed from later messages and must be waited for afterwards.
 */
export class PairRate {
  readonly #pairs = new HashIndex();
  readonly #numbers = new Column((length) => new Uint16Array(length));
  readonly #recipients = new Column((length) => new Float64Array(length));
  // Time at which the pair will have paid back all messages that it has sent.
  readonly #paidAt = new Column((length) => new Float64Array(length));
  #size = 0;

  /** Takes one message from the pair's allowance. Returns false if none is left. */
  take(number: number, recipient: number, nowMs: number): boolean {
    const hash = hashInteger(recipient, number);
    let pair = this.#pairs.find(
      hash,
      (entry) => this.#recipients.get(entry) === recipient && this.#numbers.get(entry) === number,
    );
    if (pair === -1) {
      pair = this.#size++;
      this.#pairs.insert(hash, pair);
      this.#numbers.set(pair, number);
      this.#recipients.set(pair, recipient);
    }
    const paidAt = Math.max(this.#paidAt.get(pair), nowMs) + intervalMs;
    if (paidAt - nowMs > burst * intervalMs) return false;
    this.#paidAt.set(pair, paidAt);
    return true;
  }
}
