const shards = 256;
const slotsMin = 16;

/**
 * Map from a 32-bit hash to entry numbers. The caller compares entries, so hash collisions do no
 * harm. It takes 16 to 32 bytes per entry (a Map of string keys takes about 150). It grows one
 * shard at a time: a Map of a million keys stalls the process for tens of milliseconds when it
 * doubles.
 */
export class HashIndex {
  // Two cells per slot: the hash, and the entry number + 1 (0 means free).
  readonly #shards = Array.from({ length: shards }, () => new Int32Array(slotsMin * 2));
  readonly #used = new Uint32Array(shards);

  /** Returns the entry with this hash that `matches`, or -1. */
  find(hash: number, matches: (entry: number) => boolean): number {
    const shard = this.#shard(hash);
    const mask = shard.length / 2 - 1;
    for (let slot = (hash >>> 8) & mask; ; slot = (slot + 1) & mask) {
      const entry = (shard[slot * 2 + 1] ?? 0) - 1;
      if (entry < 0) return -1;
      if (shard[slot * 2] === hash && matches(entry)) return entry;
    }
  }

  insert(hash: number, entry: number): void {
    const at = hash & (shards - 1);
    const used = (this.#used[at] ?? 0) + 1;
    this.#used[at] = used;
    if (used * 4 > this.#shard(hash).length) this.#grow(at);
    place(this.#shard(hash), hash, entry + 1);
  }

  #shard(hash: number): Int32Array<ArrayBuffer> {
    const shard = this.#shards[hash & (shards - 1)];
    if (shard === undefined) throw new Error("a hash index has a shard for every hash");
    return shard;
  }

  #grow(at: number): void {
    const old = this.#shards[at] ?? new Int32Array(0);
    const grown = new Int32Array(old.length * 2);
    for (let i = 0; i < old.length; i += 2) {
      const entry = old[i + 1] ?? 0;
      if (entry !== 0) place(grown, old[i] ?? 0, entry);
    }
    this.#shards[at] = grown;
  }
}

function place(shard: Int32Array, hash: number, value: number): void {
  const mask = shard.length / 2 - 1;
  let slot = (hash >>> 8) & mask;
  while (shard[slot * 2 + 1] !== 0) slot = (slot + 1) & mask;
  shard[slot * 2] = hash;
  shard[slot * 2 + 1] = value;
}
