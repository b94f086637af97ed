import {log} from '../quant/elementary.js';

/**
 * The largest |weight| over taps between each input and output variable of a layer, row-major:
 * peaks[i · writes.length + j] reads variable reads[i] and writes variable writes[j]. Variable 0 is
 * never scaled.
 */
export interface LayerPeaks {
  readonly reads: Int32Array;
  readonly writes: Int32Array;
  readonly peaks: Float32Array;
}

/** How many times smaller than the largest a weight may be to be kept in sight. */
const MARGIN = 0.7;

/** How far ln s of a layer's channels may drift apart until one beyond {@link MARGIN} could be the largest. */
const DRIFT = 0.35; // < −ln 0.7

/**
 * Which weights of a layer are the largest of their row or column under given scales. Looks at all of them
 * only when the scales have changed much since it last did: a row's weights keep their order but for what
 * the scales of the columns do to it, so that small ones stay out of sight meanwhile.
 */
export class LargestWeights {
  private readonly isFound: Uint8Array;
  /** Columns of the weights in sight; those of row i lie in [starts[i], starts[i + 1]). */
  private columns = new Int32Array(0);
  private magnitudes = new Float32Array(0);
  private readonly starts: Int32Array;
  /** ln s of what is read and written, when all were looked at. */
  private seen: {readonly reads: Float64Array; readonly writes: Float64Array} | undefined;

  constructor(private readonly layer: LayerPeaks) {
    this.isFound = new Uint8Array(layer.peaks.length);
    this.starts = new Int32Array(layer.reads.length + 1);
  }

  /** How many weights {@link find} will look at. */
  effort(x: Float64Array): number {
    return this.isInSight(x) ? this.columns.length : this.layer.peaks.length;
  }

  /**
   * Hands out those that it did not before.
   *
   * @param x ln of the scales, of all variables
   * @param add takes the variables that a weight reads and writes, and ln |weight|
   */
  find(
    x: Float64Array,
    scales: Float64Array,
    add: (read: number, write: number, weight: number) => void,
  ): void {
    if (!this.isInSight(x)) this.lookAtAll(x, scales);
    const {reads, writes, peaks} = this.layer;
    const {columns, magnitudes, starts} = this;
    const divisors = valuesOf(writes, scales).map(scale => 1 / scale);
    const columnMost = new Float64Array(writes.length);
    const columnRow = new Int32Array(writes.length);
    const found: number[] = [];
    for (let row = 0; row < reads.length; row++) {
      const factor = scales[reads[row]];
      let most = 0;
      let mostAt = -1;
      for (let k = starts[row]; k < starts[row + 1]; k++) {
        const column = columns[k];
        const magnitude = magnitudes[k] * factor;
        if (magnitude > columnMost[column]) {
          columnMost[column] = magnitude;
          columnRow[column] = row;
        }
        if (magnitude * divisors[column] > most) {
          most = magnitude * divisors[column];
          mostAt = row * writes.length + column;
        }
      }
      if (mostAt >= 0 && reads[row] > 0) found.push(mostAt);
    }
    columnMost.forEach((most, column) => {
      if (most > 0 && writes[column] > 0) found.push(columnRow[column] * writes.length + column);
    });
    for (const at of found) {
      if (this.isFound[at] === 1) continue;
      this.isFound[at] = 1;
      const row = Math.floor(at / writes.length);
      add(reads[row], writes[at % writes.length], log(peaks[at]));
    }
  }

  private isInSight(x: Float64Array): boolean {
    const {seen, layer} = this;
    if (seen === undefined) return false;
    return drift(layer.reads, x, seen.reads) < DRIFT && drift(layer.writes, x, seen.writes) < DRIFT;
  }

  private lookAtAll(x: Float64Array, scales: Float64Array): void {
    const {reads, writes, peaks} = this.layer;
    const divisors = valuesOf(writes, scales).map(scale => 1 / scale);
    const {rowMost, columnMost} = largest(this.layer, scales, divisors);
    const limits = columnMost.map((most, j) => (writes[j] > 0 ? MARGIN * most : Infinity));
    const inSight: number[] = [];
    const values: number[] = [];
    for (let row = 0, at = 0; row < reads.length; row++) {
      const factor = scales[reads[row]];
      const limit = reads[row] > 0 ? MARGIN * rowMost[row] : Infinity;
      for (let column = 0; column < writes.length; column++, at++) {
        const magnitude = peaks[at] * factor;
        if (magnitude >= limits[column] || magnitude * divisors[column] >= limit) {
          inSight.push(column);
          values.push(peaks[at]);
        }
      }
      this.starts[row + 1] = inSight.length;
    }
    this.columns = Int32Array.from(inSight);
    this.magnitudes = Float32Array.from(values);
    this.seen = {reads: valuesOf(reads, x), writes: valuesOf(writes, x)};
  }
}

function valuesOf(variables: Int32Array, values: Float64Array): Float64Array {
  const own = new Float64Array(variables.length);
  for (let i = 0; i < own.length; i++) own[i] = values[variables[i]];
  return own;
}

/** The largest |weight| of each row, divided by the scales of what it writes, and of each column. */
function largest(
  {reads, writes, peaks}: LayerPeaks,
  scales: Float64Array,
  divisors: Float64Array,
): {rowMost: Float64Array; columnMost: Float64Array} {
  const rowMost = new Float64Array(reads.length);
  const columnMost = new Float64Array(writes.length);
  for (let row = 0, at = 0; row < reads.length; row++) {
    const factor = scales[reads[row]];
    let most = 0;
    for (let column = 0; column < writes.length; column++, at++) {
      const magnitude = peaks[at] * factor;
      if (magnitude > columnMost[column]) columnMost[column] = magnitude;
      if (magnitude * divisors[column] > most) most = magnitude * divisors[column];
    }
    rowMost[row] = most;
  }
  return {rowMost, columnMost};
}

/** By how much the variables' changes differ. */
function drift(variables: Int32Array, x: Float64Array, before: Float64Array): number {
  let least = Infinity;
  let most = -Infinity;
  for (let i = 0; i < variables.length; i++) {
    const change = x[variables[i]] - before[i];
    if (change < least) least = change;
    if (change > most) most = change;
  }
  return most - least;
}
