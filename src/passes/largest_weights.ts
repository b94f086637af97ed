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

/** Scales that have just drifted farther than this will do so again: no use in telling what is in sight. */
const SETTLING = 1;

/** Some weights of a layer. */
interface Sight {
  /** Those of row i have numbers in [starts[i], starts[i + 1]). */
  readonly starts: Int32Array;
  /** Column of number k; where all weights are meant, number k of row i is in column k − starts[i]. */
  readonly columns?: Int32Array;
  readonly peaks: Float32Array;
}

/**
 * Which weights of a layer are the largest of their row or column under given scales. Looks at all of them
 * only when the scales have changed much since it last did: a row's weights keep their order but for what
 * the scales of the columns do to it, so that small ones stay out of sight meanwhile.
 */
export class LargestWeights {
  private readonly isFound: Uint8Array;
  private readonly all: Sight;
  private sight: Sight;
  /** ln s of what is read and written, when all were looked at. */
  private seen: {readonly reads: Float64Array; readonly writes: Float64Array} | undefined;

  constructor(private readonly layer: LayerPeaks) {
    const {reads, writes, peaks} = layer;
    this.isFound = new Uint8Array(peaks.length);
    const starts = new Int32Array(reads.length + 1).map((_, row) => row * writes.length);
    this.all = {starts, peaks};
    this.sight = this.all;
  }

  /** How many weights {@link find} will look at. */
  effort(x: Float64Array): number {
    return (this.drift(x) < DRIFT ? this.sight : this.all).peaks.length;
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
    const {reads, writes, peaks} = this.layer;
    const drift = this.drift(x);
    if (drift >= DRIFT || this.sight === this.all) {
      this.sight = drift < SETTLING ? nearLargest(this.layer, this.all, scales) : this.all;
      this.seen = {reads: valuesOf(reads, x), writes: valuesOf(writes, x)};
    }
    const {rowColumn, columnRow} = largest(this.layer, this.sight, scales);
    const found = (row: number, column: number) => {
      const at = row * writes.length + column;
      if (this.isFound[at] === 1) return;
      this.isFound[at] = 1;
      add(reads[row], writes[column], log(peaks[at]));
    };
    rowColumn.forEach((column, row) => {
      if (column >= 0 && reads[row] > 0) found(row, column);
    });
    columnRow.forEach((row, column) => {
      if (row >= 0 && writes[column] > 0) found(row, column);
    });
  }

  private drift(x: Float64Array): number {
    const {seen, layer} = this;
    if (seen === undefined) return Infinity;
    return Math.max(drift(layer.reads, x, seen.reads), drift(layer.writes, x, seen.writes));
  }
}

/** The largest weights of rows, divided by the scales of what they write, and of columns; −1 where there is none. */
function largest(
  {reads, writes}: LayerPeaks,
  {starts, columns, peaks}: Sight,
  scales: Float64Array,
) {
  const divisors = valuesOf(writes, scales).map(scale => 1 / scale);
  const rowMost = new Float64Array(reads.length);
  const columnMost = new Float64Array(writes.length);
  const rowColumn = new Int32Array(reads.length).fill(-1);
  const columnRow = new Int32Array(writes.length).fill(-1);
  for (let row = 0; row < reads.length; row++) {
    const factor = scales[reads[row]];
    const start = starts[row];
    const end = starts[row + 1];
    let most = 0;
    for (let k = start; k < end; k++) {
      const column = columns === undefined ? k - start : columns[k];
      const magnitude = peaks[k] * factor;
      if (magnitude > columnMost[column]) {
        columnMost[column] = magnitude;
        columnRow[column] = row;
      }
      const range = magnitude * divisors[column];
      if (range > most) {
        most = range;
        rowColumn[row] = column;
      }
    }
    rowMost[row] = most;
  }
  return {divisors, rowMost, columnMost, rowColumn, columnRow};
}

/** The weights that are at least {@link MARGIN} of the largest of their row or column. */
function nearLargest(layer: LayerPeaks, all: Sight, scales: Float64Array): Sight {
  const {reads, writes, peaks} = layer;
  const {divisors, rowMost, columnMost} = largest(layer, all, scales);
  const limits = columnMost.map((most, j) => (writes[j] > 0 ? MARGIN * most : Infinity));
  const places = new Int32Array(peaks.length);
  const starts = new Int32Array(reads.length + 1);
  let count = 0;
  for (let row = 0, at = 0; row < reads.length; row++) {
    const factor = scales[reads[row]];
    const limit = reads[row] > 0 ? MARGIN * rowMost[row] : Infinity;
    for (let column = 0; column < writes.length; column++, at++) {
      const magnitude = peaks[at] * factor;
      if (magnitude >= limits[column] || magnitude * divisors[column] >= limit)
        places[count++] = at;
    }
    starts[row + 1] = count;
  }
  const columns = new Int32Array(count);
  const near = new Float32Array(count);
  for (let k = 0; k < count; k++) {
    columns[k] = places[k] % writes.length;
    near[k] = peaks[places[k]];
  }
  return {starts, columns, peaks: near};
}

function valuesOf(variables: Int32Array, values: Float64Array): Float64Array {
  const own = new Float64Array(variables.length);
  for (let i = 0; i < own.length; i++) own[i] = values[variables[i]];
  return own;
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
