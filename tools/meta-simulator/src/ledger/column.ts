const chunkLength = 65_536;

/**
 * Growing column of numbers. It grows by chunks and never copies, so recording the millionth
 * message takes no longer than the first and doesn't stall the clock readings around it.
 */
export class Column<A extends Float64Array | Int32Array | Uint16Array | Uint8Array> {
  readonly #chunks: A[] = [];
  readonly #createChunk: (length: number) => A;

  constructor(createChunk: (length: number) => A) {
    this.#createChunk = createChunk;
  }

  get(index: number): number {
    return this.#chunks[Math.floor(index / chunkLength)]?.[index % chunkLength] ?? 0;
  }

  set(index: number, value: number): void {
    const at = Math.floor(index / chunkLength);
    let chunk = this.#chunks[at];
    if (chunk === undefined) {
      chunk = this.#createChunk(chunkLength);
      this.#chunks[at] = chunk;
    }
    chunk[index % chunkLength] = value;
  }
}
