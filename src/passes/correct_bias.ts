import {numbersAttr} from '../graph/attributes.js';
import {biasValues, forEachRun, type Layer, layerOf, setBias} from '../graph/layer.js';
import type {Graph} from '../graph/graph.js';
import {probeSources} from '../statistics/model_inputs.js';
import {heldOutInputs, Scorer} from '../statistics/score.js';
import {hasStages} from '../statistics/staged_run.js';
import {empiricalBiases, withRoundedFilters} from './empirical_bias.js';
import type {Pass, PassContext} from './pass.js';
import type {QuantizedFilter} from './plan.js';

/** How many probe inputs the two networks are compared on: paired differences settle soon. */
const SAMPLES = 8;

type Biases = Map<string, Float32Array>;

/**
 * Remove the shift that rounding the weights puts on the mean of each output channel (Nagel 2019 §4.2 and
 * appendix D). Ŵ are the very integers that ship.
 *
 *   analytic    b ← b − Σ (Ŵ − W) E[x]       E[x] from batch norm (a clipped normal), or as measured
 *   empirical   b ← b + E[W x] − E[Ŵ x̂]      both networks run on the probe, x̂ in the rounded one
 */
export const correctBias: Pass<'correct-bias'> = {
  name: 'correct-bias',
  summary: 'take the mean error of rounded weights out of the biases',
  preservesFunction: false,
  async run(graph, context) {
    const {plan, did} = context;
    const {biases, how} = await chosenBiases(graph, context);
    for (const [name, bias] of biases) {
      const layer = layerOf(graph, graph.node(name));
      if (layer === undefined) continue;
      setBias(graph, layer, bias);
      plan.biases.set(name, bias);
      did(name, how(name));
    }
  },
};

interface Correction {
  readonly biases: Biases;
  /** Says of a layer how it was corrected. */
  readonly how: (name: string) => string;
}

async function chosenBiases(graph: Graph, context: PassContext): Promise<Correction> {
  const {options, plan} = context;
  const mode = hasStages(graph) && plan.filters.size > 0 ? options.biasCorrection : 'analytic';
  const isProbed = (name: string) => isMeasuredByProbe(graph, context, name);
  if (mode === 'analytic') return analytic(graph, context);
  if (mode === 'auto') {
    if (![...plan.filters.keys()].some(isProbed)) return analytic(graph, context);
    const known = analytic(graph, context, name => !isProbed(name));
    const all = await empirical(graph, context, known.biases);
    return {...all, how: name => (known.biases.has(name) ? known : all).how(name)};
  }
  const measured = await empirical(graph, context);
  return mode === 'empirical'
    ? measured
    : better(graph, context, [analytic(graph, context), measured]);
}

/**
 * Is all that is known of the layer's operand what the probe has shown? What the model is fed does not
 * count: nothing before it was rounded.
 */
function isMeasuredByProbe(graph: Graph, {plan}: PassContext, name: string): boolean {
  const layer = layerOf(graph, graph.node(name));
  const isFed = layer !== undefined && graph.inputs.includes(layer.input);
  return layer !== undefined && !isFed && plan.statistics.get(layer.input)?.source === 'probe';
}

function analytic(
  graph: Graph,
  {plan, left}: PassContext,
  isWanted: (name: string) => boolean = () => true,
): Correction {
  const biases: Biases = new Map();
  for (const [name, filter] of plan.filters) {
    const layer = layerOf(graph, graph.node(name));
    if (layer === undefined || !isWanted(name)) continue;
    const statistics = plan.statistics.get(layer.input);
    if (statistics?.mean.length !== layer.inChannels) {
      left(name, 'the mean of its input is not known');
      continue;
    }
    const shift = expectedShift(layer, filter, statistics.mean);
    biases.set(
      name,
      biasValues(graph, layer).map((b, c) => b - shift[c]),
    );
  }
  const sourceOf = (name: string) => {
    const layer = layerOf(graph, graph.node(name));
    return layer && plan.statistics.get(layer.input)?.source;
  };
  return {biases, how: name => `corrected with ${sourceOf(name) ?? 'no'} statistics`};
}

async function empirical(
  graph: Graph,
  {options, plan, progress}: PassContext,
  known?: Biases,
): Promise<Correction> {
  const inputs = probeSources(graph, SAMPLES, options.probe);
  const biases = await empiricalBiases(graph, plan.filters, inputs, {known, progress});
  return {biases, how: () => 'corrected by comparing means on the probe'};
}

/** The one whose network, with rounded weights, is closest to the float one on held-out probe inputs. */
async function better(
  graph: Graph,
  {options, plan, did}: PassContext,
  corrections: readonly Correction[],
): Promise<Correction> {
  const scorer = await Scorer.of(graph, heldOutInputs(graph, options.probe));
  const scores: number[] = [];
  for (const {biases} of corrections) {
    const candidate = withRoundedFilters(graph, plan.filters);
    for (const [name, bias] of biases) {
      const layer = layerOf(candidate, candidate.node(name));
      if (layer !== undefined) setBias(candidate, layer, bias);
    }
    scores.push((await scorer.score({graph: candidate})).sqnr);
  }
  const [first, second] = scores.map(sqnr => `${sqnr.toFixed(1)} dB`);
  did('', `on the probe, rounded weights leave ${first} analytic, ${second} empirical`);
  return corrections[scores[1] > scores[0] ? 1 : 0];
}

/**
 * Σ (Ŵ − W) E[x] for each output channel; of a transposed convolution the mean over its output, of whose pixels each
 * sees one in strideHeight · strideWidth taps.
 */
export function expectedShift(
  layer: Layer,
  quantized: QuantizedFilter,
  mean: Float64Array,
): Float64Array {
  const {values, scale, zeroPoint} = quantized;
  const shift = new Float64Array(layer.outChannels);
  const perChannel = Number(scale.length > 1);
  const share = 1 / phasesOf(layer);
  const weights = layer.filter.values;
  forEachRun(layer, (start, length, inChannel, inStep, outChannel, outStep) => {
    for (let k = 0, i = start; k < length; k++, i++) {
      const out = outChannel + k * outStep;
      const c = perChannel * out;
      const error = scale[c] * (values[i] - zeroPoint[c]) - weights[i];
      shift[out] += share * error * mean[inChannel + k * inStep];
    }
  });
  return shift;
}

function phasesOf({kind, node}: Layer): number {
  if (kind !== 'transposed') return 1;
  const [, height, width] = numbersAttr(node.attrs, 'strides', [1, 1, 1, 1]);
  return height * width;
}
