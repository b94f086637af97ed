import {attributesOf, float as floatAttr} from '../graph/attributes.js';
import {type Graph, parseRef, refOf} from '../graph/graph.js';
import {type ErrorSums, Int8Op, type RealGrid} from '../ops.js';
import {decibels, noiseRatio} from '../quant/decibels.js';
import type {Grid} from '../quant/grid.js';
import type {QuantParams} from '../quant/quant_params.js';
import {type InputSource, type ProbeOptions, probeSources} from './model_inputs.js';
import {type OnDone, paced} from './paced.js';
import {onRunner, runGraph} from './run_graph.js';
import {isClassifierOutput, scoredTensors} from './scored_tensors.js';
import {statisticsLoops} from './statistics_loops.js';

/** How many inputs a score takes where nobody says otherwise. */
export const SCORE_SIZE = 8;

/** Number of the first held-out probe input; those before it are for statistics. */
const FIRST_HELD_OUT = 1000;

/** How far one tensor of a candidate is from the reference, over all inputs together. */
export interface TensorScore {
  /** Reference of the tensor in the float graph. */
  readonly ref: string;
  /** 10 · log₁₀(Σ reference² / Σ (candidate − reference)²), dB. */
  readonly sqnr: number;
  /** Share of rows whose largest element is at the same place, 0–1; for scores of classes only. */
  readonly agreement?: number;
}

/** How far a candidate is from the reference. */
export interface Score {
  /** dB, from the noise-to-signal ratio averaged over the outputs. */
  readonly sqnr: number;
  /** Of the outputs, or of what discrete outputs are selected from (see scoredTensors). */
  readonly outputs: readonly TensorScore[];
  /** Of the tensors that were asked for besides. */
  readonly tensors: readonly TensorScore[];
}

/** A graph to be compared with the float one whose tensor names it kept. */
export interface Candidate {
  readonly graph: Graph;
  /** Grids of its int8 tensors, by reference in the float graph. */
  readonly grids?: ReadonlyMap<string, QuantParams>;
}

/**
 * Compares candidates with a float graph on the same inputs. The float graph runs once; its tensors
 * are kept.
 *
 * On generated inputs the score orders candidates of one model. As a forecast it is harsh: such images
 * show a classifier nothing it knows, its classes lie closer together than on real ones, and fewer of
 * the arg-maxima agree.
 */
export class Scorer {
  private constructor(
    private readonly inputs: readonly InputSource[],
    private readonly outputs: readonly string[],
    private readonly tensors: readonly string[],
    private readonly classifiers: ReadonlySet<string>,
    /** For each input, by reference. */
    private readonly reference: ReadonlyArray<ReadonlyMap<string, Observed>>,
    private readonly onInput: OnDone,
  ) {}

  /**
   * @param inputs each call makes the tensors of one run anew
   * @param tensors references of further tensors to compare
   * @param onInput is told whenever a graph has run on one more of the inputs
   */
  static async of(
    graph: Graph,
    inputs: readonly InputSource[],
    tensors: readonly string[] = [],
    onInput: OnDone = () => undefined,
  ): Promise<Scorer> {
    const outputs = scoredTensors(graph);
    const refs = new Set([...outputs, ...tensors]);
    const reference = inputs.map(() => new Map<string, Observed>());
    await observe({graph}, refs, inputs, onInput, (sample, ref, {shape, values}) =>
      reference[sample].set(ref, {shape, values: values.slice()}),
    );
    const classifiers = outputs.filter(ref => {
      const shape = reference[0]?.get(ref)?.shape;
      return shape !== undefined && isClassifierOutput(graph, ref, shape);
    });
    return new Scorer(inputs, outputs, tensors, new Set(classifiers), reference, onInput);
  }

  /** @param tensors what to compare besides the outputs, where not all that was asked for */
  async score(candidate: Candidate, tensors: readonly string[] = this.tensors): Promise<Score> {
    const refs = new Set([...this.outputs, ...tensors]);
    const tallies = new Map([...refs].map(ref => [ref, new Tally(this.classifiers.has(ref))]));
    await observe(candidate, refs, this.inputs, this.onInput, (sample, ref, {values}) => {
      const expected = this.reference[sample].get(ref);
      if (expected !== undefined) tallies.get(ref)?.add(expected, values);
    });
    const scores = (wanted: readonly string[]) =>
      wanted.flatMap(ref => tallies.get(ref)?.score(ref) ?? []);
    const outputs = scores(this.outputs);
    return {sqnr: meanSqnr(outputs), outputs, tensors: scores(tensors)};
  }

  /**
   * What grids alone cost: the reference's own tensors, each put on its grid and taken back.
   *
   * @param grids of the tensors to score, by reference
   * @param integers that the grids have
   */
  async scoreGrids(
    grids: ReadonlyMap<string, QuantParams>,
    integers: Grid,
  ): Promise<TensorScore[]> {
    return onRunner(async () =>
      [...grids].flatMap(([ref, params]) => {
        const tally = new Tally(false);
        const grid = {...params, ...integers};
        for (const sample of this.reference) tally.addGrid(sample.get(ref), grid);
        return tally.score(ref) ?? [];
      }),
    );
  }
}

/** Inputs that no statistics were taken of. */
export function heldOutInputs(
  graph: Graph,
  options: ProbeOptions,
  samples: number = SCORE_SIZE,
): InputSource[] {
  return probeSources(graph, samples, options, FIRST_HELD_OUT);
}

/** Root mean square of the noise over that of the signal: 0.1 is 20 dB. */
export function relativeError(sqnr: number): number {
  return Math.sqrt(noiseRatio(sqnr));
}

function meanSqnr(scores: readonly TensorScore[]): number {
  if (scores.length === 0) return Infinity;
  const ratio = scores.reduce((sum, {sqnr}) => sum + noiseRatio(sqnr), 0) / scores.length;
  return decibels(1, ratio);
}

interface Observed {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Shows the tensors that the candidate has, in float, for each input by its number; valid during the visit only. */
async function observe(
  candidate: Candidate,
  refs: Iterable<string>,
  inputs: readonly InputSource[],
  onInput: OnDone,
  visit: (sample: number, ref: string, tensor: Observed) => void,
): Promise<void> {
  const {graph, places} = inFloat(candidate, refs);
  if (places.size === 0) return;
  let sample = -1;
  const nextSample = function* () {
    for (const make of inputs) {
      sample++;
      yield make;
    }
  };
  await runGraph(
    graph,
    paced(nextSample(), onInput),
    ({ref, shape, dtype, values}) => {
      const place = places.get(ref);
      const read = place !== undefined && dtype === 'float32' ? values() : undefined;
      if (place !== undefined && read instanceof Float32Array)
        visit(sample, place, {shape, values: read});
    },
    [...places.keys()],
  );
}

/**
 * The candidate with its int8 tensors in float, too.
 *
 * @returns the graph, and which of the tensors is where in it: under its own name in float, or else off its grid
 */
function inFloat({graph, grids}: Candidate, refs: Iterable<string>) {
  const extended = graph.clone();
  const places = new Map<string, string>();
  for (const ref of refs) {
    const {node, index} = parseRef(ref);
    const grid = grids?.get(ref);
    if (graph.has(node)) places.set(ref, ref);
    else if (grid && graph.has(`${node}/int8`))
      places.set(addDequantize(extended, refOf(`${node}/int8`, index), grid), ref);
  }
  return {graph: extended, places};
}

function addDequantize(graph: Graph, ref: string, {scale, zeroPoint}: QuantParams): string {
  const name = graph.freshName(`${ref.replace(':', '_')}/float`);
  const attrs = attributesOf({xScale: floatAttr(scale), xZeroPoint: zeroPoint});
  graph.add({name, op: Int8Op.Dequantize, inputs: [ref], attrs});
  return name;
}

/** What is counted of one tensor. */
class Tally {
  private readonly sums: ErrorSums = {signal: 0, noise: 0};
  private rows = 0;
  private agreeing = 0;
  private compared = false;

  constructor(private readonly isClassifier: boolean) {}

  /** Tensors whose size depends on their values can't be compared where sizes differ. */
  add(expected: Observed, actual: Float32Array): void {
    if (expected.values.length !== actual.length) return;
    this.compared = true;
    statisticsLoops().addErrors(expected.values, actual, this.sums);
    if (this.isClassifier) this.addRows(expected, actual);
  }

  /** Of the tensor itself, if there is one, put on a grid. */
  addGrid(expected: Observed | undefined, grid: RealGrid): void {
    if (expected === undefined) return;
    this.compared = true;
    statisticsLoops().addGridErrors(expected.values, grid, this.sums);
  }

  score(ref: string): TensorScore | undefined {
    if (!this.compared) return undefined;
    const sqnr = decibels(this.sums.signal, this.sums.noise);
    return this.isClassifier ? {ref, sqnr, agreement: this.agreeing / this.rows} : {ref, sqnr};
  }

  private addRows({shape, values}: Observed, actual: Float32Array): void {
    const classes = shape[shape.length - 1];
    for (let at = 0; at < values.length; at += classes) {
      this.rows++;
      if (argMax(values, at, classes) === argMax(actual, at, classes)) this.agreeing++;
    }
  }
}

function argMax(values: ArrayLike<number>, at: number, count: number): number {
  let best = 0;
  for (let i = 1; i < count; i++) if (values[at + i] > values[at + best]) best = i;
  return best;
}
