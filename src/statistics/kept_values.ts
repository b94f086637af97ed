/** Values of one input of one run. */
export interface InputValues {
  readonly values: Float32Array;
  readonly shape: number[];
}

/** How much is kept: 24 photographs of 512 × 512 pixels. */
const MOST_BYTES = 72 * 2 ** 20;

/** Values that cost time to make, by what they are made of; once it is full, others are made each time. */
export class KeptValues {
  private readonly kept = new Map<string, InputValues>();
  private bytes = 0;

  constructor(private readonly mostBytes: number = MOST_BYTES) {}

  /** @returns what `make` gave for the key; not to be written to */
  get(key: string, make: () => InputValues): InputValues {
    const known = this.kept.get(key);
    if (known !== undefined) return known;
    const made = make();
    if (this.bytes + made.values.byteLength <= this.mostBytes) {
      this.kept.set(key, made);
      this.bytes += made.values.byteLength;
    }
    return made;
  }
}
