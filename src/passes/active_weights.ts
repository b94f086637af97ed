import {equalizationStep, writtenRange} from './equalization_rule.js';
import type {Pace} from './pace.js';

const MAX_SWEEPS = 400;

/** What a look at a variable costs, in looks at a weight. */
const LOOK = 8;

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

  /**
   * The largest step that is left.
   *
   * @param ranges of the variables' values, as {@link EdgeIndex.step} takes them
   */
  residual(x: Float64Array, ranges?: Float64Array): number {
    const index = this.indexed();
    let most = 0;
    for (let v = 1; v < this.count; v++) {
      most = Math.max(most, Math.abs(index.step(v, x, ranges)));
    }
    return most;
  }

  /** ln r₁ of each variable. */
  written(x: Float64Array): Float64Array {
    const index = this.indexed();
    return x.map((own, v) => index.written(v, x) - own);
  }

  /**
   * Steps through the variables, up and down, until no step is larger than `tolerance`. One whose
   * neighbours have all stayed where they were is not looked at again.
   *
   * @param ranges of the variables' values, as {@link EdgeIndex.step} takes them
   */
  async balance(
    x: Float64Array,
    ranges: Float64Array | undefined,
    tolerance: number,
    pace: Pace,
  ): Promise<void> {
    const index = this.indexed();
    const isSettled = new Uint8Array(this.count);
    for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
      const order = sweep % 2 === 0 ? 1 : -1;
      const looked = index.sweep(x, ranges, tolerance, isSettled, order);
      if (looked === 0) return;
      await pace.next(LOOK * looked);
    }
  }

  private indexed(): EdgeIndex {
    return (this.index ??= new EdgeIndex(this.count, this.reads, this.writes, this.weights));
  }
}

/**
 * The edges at each variable: those into v lie in [starts[2v], starts[2v + 1]), those out of it from there
 * to starts[2v + 2]. The widest comes first where it was looked for, which is where the next
 * look finds it most often.
 */
class EdgeIndex {
  private readonly starts: Int32Array;
  private readonly others: Int32Array;
  private readonly weights: Float64Array;

  constructor(
    private readonly count: number,
    reads: readonly number[],
    writes: readonly number[],
    weights: readonly number[],
  ) {
    const starts = new Int32Array(2 * count + 2);
    for (let e = 0; e < weights.length; e++) {
      starts[2 * writes[e] + 2]++;
      starts[2 * reads[e] + 3]++;
    }
    for (let i = 2; i < starts.length; i++) starts[i] += starts[i - 1];
    this.others = new Int32Array(2 * weights.length);
    this.weights = new Float64Array(2 * weights.length);
    for (let e = 0; e < weights.length; e++) {
      this.put(starts[2 * writes[e] + 1]++, reads[e], weights[e]);
      this.put(starts[2 * reads[e] + 2]++, writes[e], weights[e]);
    }
    this.starts = starts;
  }

  private put(at: number, other: number, weight: number): void {
    this.others[at] = other;
    this.weights[at] = weight;
  }

  /**
   * By how much a variable's x is to change; 0 where nothing writes or nothing reads it.
   *
   * @param ranges ln of the range of each variable's values before scaling, in the unit of the weights that write
   *   it; NaN where it is not known. Without it, weights alone count.
   */
  step(v: number, x: Float64Array, ranges?: Float64Array): number {
    const widest = this.written(v, x);
    const read = this.read(v, x);
    if (widest === -Infinity || read === -Infinity) return 0;
    const own = x[v];
    let written = widest - own;
    if (ranges !== undefined) {
      const range = ranges[v] - own;
      if (!Number.isNaN(range)) written = writtenRange(written, range);
    }
    return equalizationStep(written, read + own);
  }

  /** Steps once through the variables that are not settled, and counts them. */
  sweep(
    x: Float64Array,
    ranges: Float64Array | undefined,
    tolerance: number,
    isSettled: Uint8Array,
    order: 1 | -1,
  ): number {
    const {count} = this;
    let looked = 0;
    for (let i = 1; i < count; i++) {
      const v = order > 0 ? i : count - i;
      if (isSettled[v] === 1) continue;
      isSettled[v] = 1;
      looked++;
      const step = this.step(v, x, ranges);
      if (Math.abs(step) <= tolerance) continue;
      x[v] += step;
      this.unsettle(v, isSettled);
    }
    return looked;
  }

  /** ln of the widest range of the edges into a variable, times its scale. */
  written(v: number, x: Float64Array): number {
    const {starts, weights, others} = this;
    const first = starts[2 * v];
    const end = starts[2 * v + 1];
    let most = -Infinity;
    let mostAt = first;
    for (let e = first; e < end; e++) {
      const range = weights[e] + x[others[e]];
      if (range > most) {
        most = range;
        mostAt = e;
      }
    }
    if (mostAt !== first) this.swap(first, mostAt);
    return most;
  }

  /** ln of the widest range of the edges out of a variable, over its scale. */
  private read(v: number, x: Float64Array): number {
    const {starts, weights, others} = this;
    const first = starts[2 * v + 1];
    const end = starts[2 * v + 2];
    let most = -Infinity;
    let mostAt = first;
    for (let e = first; e < end; e++) {
      const range = weights[e] - x[others[e]];
      if (range > most) {
        most = range;
        mostAt = e;
      }
    }
    if (mostAt !== first) this.swap(first, mostAt);
    return most;
  }

  private swap(a: number, b: number): void {
    const {weights, others} = this;
    const [weight, other] = [weights[a], others[a]];
    weights[a] = weights[b];
    others[a] = others[b];
    weights[b] = weight;
    others[b] = other;
  }

  /** Marks the neighbours of a variable that has moved. */
  private unsettle(v: number, isSettled: Uint8Array): void {
    const {starts, others} = this;
    for (let e = starts[2 * v]; e < starts[2 * v + 2]; e++) isSettled[others[e]] = 0;
  }
}
