import {exp, log} from '../quant/elementary.js';
import {ActiveWeights} from './active_weights.js';
import {type LayerPeaks, LargestWeights} from './largest_weights.js';
import {Pace} from './pace.js';

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
 * Scales for which every variable is written and read with the same range: with the same largest |weight|,
 * or, where the ranges of the values are known too, with what {@link writtenRange} makes of both.
 *
 * Only the largest weight of a channel counts, so few weights matter. The solver looks at all of them,
 * adds those that are largest for any channel under the present scales to a set, balances
 * that set alone, and repeats until no weight outside of it is larger.
 *
 * @param activations ln of the range of each variable's values before scaling, NaN where it is not known
 * @param onRound is awaited before each look at all weights, and now and then meanwhile
 */
export async function solveEqualization(
  count: number,
  layers: readonly LayerPeaks[],
  edges: ReadonlyArray<readonly PeakEdge[]>,
  activations?: Float64Array,
  onRound: (rounds: number) => Promise<void> = () => Promise.resolve(),
): Promise<Equalization> {
  const solver = new Solver(count, layers, edges, onRound);
  const byWeights = await solver.solve();
  if (activations === undefined) return byWeights;
  const writers = [
    ...layers.map(({writes}) => [...writes]),
    ...edges.map(layer => layer.map(({write}) => write)),
  ];
  const units = activationUnits(writers, solver.written(), activations, solver.logScales);
  return solver.solve(activations.map((range, v) => range + units[v]));
}

class Solver {
  readonly logScales: Float64Array;
  private readonly active: ActiveWeights;
  private readonly largest: readonly LargestWeights[];
  private readonly pace: Pace;
  private rounds = 0;

  constructor(
    count: number,
    layers: readonly LayerPeaks[],
    edges: ReadonlyArray<readonly PeakEdge[]>,
    private readonly onRound: (rounds: number) => Promise<void>,
  ) {
    this.logScales = new Float64Array(count);
    this.largest = layers.map(layer => new LargestWeights(layer));
    this.active = new ActiveWeights(count);
    for (const {read, write, peak} of edges.flat()) {
      if (peak > 0) this.active.add(read, write, log(peak));
    }
    this.pace = new Pace(() => onRound(this.rounds));
  }

  /** ln r₁ of each variable, of the weights. */
  written(): Float64Array {
    return this.active.written(this.logScales);
  }

  /**
   * Goes on from the scales that there are.
   *
   * @param ranges ln of the range of each variable's values before scaling, in the unit of the weights that write
   *   it; NaN where it is not known. Without it, weights alone count.
   */
  async solve(ranges?: Float64Array): Promise<Equalization> {
    const {active, logScales} = this;
    for (let round = 1; ; round++) {
      await this.onRound(++this.rounds);
      const scales = logScales.map(exp);
      await this.addLargest(scales);
      const residual = active.residual(logScales, ranges);
      if (residual <= TOLERANCE || round === MAX_ROUNDS)
        return {scales, rounds: this.rounds, residual};
      const tolerance = Math.max(TOLERANCE / 4, SHARE * residual);
      await active.balance(logScales, ranges, tolerance, this.pace);
    }
  }

  private async addLargest(scales: Float64Array): Promise<void> {
    const {active, logScales, largest, pace} = this;
    for (const layer of largest) {
      await pace.next(layer.effort(logScales));
      layer.find(logScales, scales, (read, write, weight) => active.add(read, write, weight));
    }
  }
}

/**
 * ln of what values are multiplied by, so that the widest channel of a layer's output is as wide as the
 * widest that its weights write. Where several layers write a variable, the mean.
 */
function activationUnits(
  writers: ReadonlyArray<readonly number[]>,
  written: Float64Array,
  activations: Float64Array,
  logScales: Float64Array,
): Float64Array {
  const sums = new Float64Array(written.length);
  const counts = new Float64Array(written.length);
  for (const variables of writers.map(all =>
    all.filter(v => v > 0 && activations[v] > -Infinity),
  )) {
    const widest = (ranges: (v: number) => number) =>
      variables.reduce((most, v) => Math.max(most, ranges(v)), -Infinity);
    const unit = widest(v => written[v]) - widest(v => activations[v] - logScales[v]);
    if (!Number.isFinite(unit)) continue;
    for (const v of variables) {
      sums[v] += unit;
      counts[v]++;
    }
  }
  return sums.map((sum, v) => sum / counts[v]);
}
