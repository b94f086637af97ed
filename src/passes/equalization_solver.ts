import {exp, log} from '../quant/elementary.js';
import {ActiveWeights} from './active_weights.js';
import {equalizationStep} from './equalization_rule.js';

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

/** The largest |weight| between one pair of variables, of a layer that connects few of them. */
export interface PeakEdge {
  readonly read: number;
  readonly write: number;
  readonly peak: number;
}

export interface Equalization {
  /** Of each variable. */
  readonly scales: Float64Array;
  /** How often all weights were looked at. */
  readonly rounds: number;
  /** The largest |ln s| that one more application of the formula would give. */
  readonly residual: number;
}

/** Converged when no channel would be scaled by more than a factor of e^1e-4. */
export const TOLERANCE = 1e-4;

const MAX_ROUNDS = 60;

/** How far a set of weights that is not final yet is balanced, of the residual that it has. */
const SHARE = 0.02;

/**
 * Scales for which every variable is written and read with the same largest |weight|.
 *
 * Only the largest weight of a channel counts, so few weights matter. The solver looks at all of them,
 * adds those that are largest for any channel under the present scales to a set, balances
 * that set alone, and repeats until no weight outside of it is larger.
 */
export function solveEqualization(
  count: number,
  layers: readonly LayerPeaks[],
  edges: readonly PeakEdge[],
): Equalization {
  const active = new ActiveWeights(count);
  for (const {read, write, peak} of edges) if (peak > 0) active.add(read, write, log(peak));
  const logScales = new Float64Array(count);
  const seen = layers.map(() => new Set<number>());
  for (let round = 1; ; round++) {
    const scales = logScales.map(exp);
    layers.forEach((layer, i) => addLargest(layer, scales, seen[i], active));
    const residual = active.residual(logScales, equalizationStep);
    if (residual <= TOLERANCE || round === MAX_ROUNDS) return {scales, rounds: round, residual};
    const tolerance = Math.max(TOLERANCE / 4, SHARE * residual);
    active.balance(logScales, equalizationStep, tolerance);
  }
}

/** Adds the weights that are the largest of their row or column under the scales. */
function addLargest(
  {reads, writes, peaks}: LayerPeaks,
  scales: Float64Array,
  seen: Set<number>,
  active: ActiveWeights,
): void {
  const rows = reads.length;
  const columns = writes.length;
  const columnFactors = Float64Array.from(writes, variable => 1 / scales[variable]);
  const columnMost = new Float64Array(columns);
  const columnRow = new Int32Array(columns);
  const add = (position: number) => {
    if (seen.has(position)) return;
    seen.add(position);
    const row = Math.floor(position / columns);
    active.add(reads[row], writes[position % columns], log(peaks[position]));
  };
  for (let row = 0; row < rows; row++) {
    const factor = scales[reads[row]];
    let most = 0;
    let mostAt = -1;
    for (let column = 0, at = row * columns; column < columns; column++, at++) {
      const magnitude = peaks[at] * factor;
      if (magnitude > columnMost[column]) {
        columnMost[column] = magnitude;
        columnRow[column] = row;
      }
      if (magnitude * columnFactors[column] > most) {
        most = magnitude * columnFactors[column];
        mostAt = at;
      }
    }
    if (mostAt >= 0 && reads[row] > 0) add(mostAt);
  }
  for (let column = 0; column < columns; column++) {
    if (columnMost[column] > 0 && writes[column] > 0) add(columnRow[column] * columns + column);
  }
}
