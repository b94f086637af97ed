/** From ln r₁ and ln r₂ of a channel, its variable and that one's x, ln of what to divide it by. */
export type StepRule = (written: number, read: number, variable: number, x: number) => number;

const MAX_SWEEPS = 400;

/** After how many sweeps the host gets its turn: of the 10,000 channels of a MobileNetV2, tens of milliseconds. */
const PACE = 16;

/**
 * The weights that matter to equalization, as a graph: an edge from the variable that a weight reads to
 * the one that it writes. Under scales e^x, an edge of ln |weight| w has the range
 *
 *   w + x[read] − x[write]
 *
 * Variable 0 has x = 0.
 */
export class ActiveWeights {
  private readonly reads: number[] = [];
  private readonly writes: number[] = [];
  private readonly weights: number[] = [];
  private index: EdgeIndex | undefined;

  constructor(private readonly count: number) {}

  add(read: number, write: number, weight: number): void {
    if (read === write) return; // scales cancel
    this.reads.push(read);
    this.writes.push(write);
    this.weights.push(weight);
    this.index = undefined;
  }

  /** The largest step that the rule would take. */
  residual(x: Float64Array, rule: StepRule): number {
    const index = this.indexed();
    let most = 0;
    for (let v = 1; v < this.count; v++) most = Math.max(most, Math.abs(index.step(v, x, rule)));
    return most;
  }

  /** ln r₁ of each variable. */
  written(x: Float64Array): Float64Array {
    const index = this.indexed();
    return x.map((_, v) => index.written(v, x));
  }

  /**
   * Steps through the variables, up and down, until no step is larger than `tolerance`. One whose
   * neighbours have all stayed where they were is not looked at again.
   *
   * @param onSweeps is awaited now and then
   */
  async balance(
    x: Float64Array,
    rule: StepRule,
    tolerance: number,
    onSweeps: () => Promise<void>,
  ): Promise<void> {
    const index = this.indexed();
    const isSettled = new Uint8Array(this.count);
    let isMoving = true;
    for (let sweep = 0; isMoving && sweep < MAX_SWEEPS; sweep++) {
      if (sweep % PACE === PACE - 1) await onSweeps();
      isMoving = false;
      for (let i = 1; i < this.count; i++) {
        const v = sweep % 2 === 0 ? i : this.count - i;
        if (isSettled[v] === 1) continue;
        isSettled[v] = 1;
        const step = index.step(v, x, rule);
        if (Math.abs(step) <= tolerance) continue;
        x[v] += step;
        index.unsettle(v, isSettled);
        isMoving = true;
      }
    }
  }

  private indexed(): EdgeIndex {
    return (this.index ??= new EdgeIndex(this.count, this.reads, this.writes, this.weights));
  }
}

/** The edges at each variable. */
class EdgeIndex {
  private readonly into: Adjacency;
  private readonly outOf: Adjacency;

  constructor(
    count: number,
    reads: readonly number[],
    writes: readonly number[],
    weights: readonly number[],
  ) {
    this.into = adjacency(count, writes, reads, weights);
    this.outOf = adjacency(count, reads, writes, weights);
  }

  /** The rule's step of a variable; 0 where nothing writes or nothing reads it. */
  step(v: number, x: Float64Array, rule: StepRule): number {
    const {starts, weights, others} = this.outOf;
    const written = this.written(v, x);
    let read = -Infinity;
    for (let e = starts[v]; e < starts[v + 1]; e++) {
      const range = weights[e] - x[others[e]];
      if (range > read) read = range;
    }
    if (written === -Infinity || read === -Infinity) return 0;
    return rule(written, read + x[v], v, x[v]);
  }

  /** ln r₁ of a variable. */
  written(v: number, x: Float64Array): number {
    const {starts, weights, others} = this.into;
    let most = -Infinity;
    for (let e = starts[v]; e < starts[v + 1]; e++) {
      const range = weights[e] + x[others[e]];
      if (range > most) most = range;
    }
    return most - x[v];
  }

  /** Marks the neighbours of a variable that has moved. */
  unsettle(v: number, isSettled: Uint8Array): void {
    const {into, outOf} = this;
    for (let e = into.starts[v]; e < into.starts[v + 1]; e++) isSettled[into.others[e]] = 0;
    for (let e = outOf.starts[v]; e < outOf.starts[v + 1]; e++) isSettled[outOf.others[e]] = 0;
  }
}

/** Edges sorted by variable: those of v lie in [starts[v], starts[v + 1]). */
interface Adjacency {
  readonly starts: Int32Array;
  readonly others: Int32Array;
  readonly weights: Float64Array;
}

function adjacency(
  count: number,
  keys: readonly number[],
  others: readonly number[],
  weights: readonly number[],
): Adjacency {
  const starts = new Int32Array(count + 1);
  for (const key of keys) starts[key + 1]++;
  for (let v = 0; v < count; v++) starts[v + 1] += starts[v];
  const next = starts.slice();
  const sorted = {
    starts,
    others: new Int32Array(keys.length),
    weights: new Float64Array(keys.length),
  };
  keys.forEach((key, e) => {
    const at = next[key]++;
    sorted.others[at] = others[e];
    sorted.weights[at] = weights[e];
  });
  return sorted;
}
