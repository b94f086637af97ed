/** What a peer runs: one model, as files that both Node and a page can read. */
export interface BenchModel {
  readonly name: string;
  readonly inputShape: readonly number[];
  /** Multiply-accumulates of one run. */
  readonly macs: number;
  /** Reads a file of the model's folder. */
  readonly read: (file: string) => Promise<Uint8Array<ArrayBuffer>>;
}

/** A loaded model with its input ready, in the peer's own form. */
export interface Running {
  /** What is not to be timed: choosing a backend. */
  readonly enter?: () => Promise<unknown>;
  /** One inference, its outputs read. */
  readonly run: () => Promise<unknown>;
  readonly end: () => Promise<unknown> | void;
}

export interface Peer {
  readonly name: string;
  /** How many threads it uses when `threads` are asked for. */
  readonly threads: (asked: number) => number;
  start(model: BenchModel, threads: number): Promise<Running>;
}

/** The input of a model: the same numbers each time, of [−1, 1). */
export function inputValues(shape: readonly number[]): Float32Array {
  const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
  for (let i = 0; i < values.length; i++) {
    values[i] = (Math.imul(i + 1, 0x9e3779b1) >> 8) / 2 ** 23;
  }
  return values;
}
