import type {Graph} from './graph/graph.js';
import {macsOf} from './graph/macs.js';
import {type Lowered, type NoiseSource, noiseSources} from './noise_sources.js';
import type {PassOptions} from './passes/pass.js';
import {lowerAnew, type PipelineResult} from './passes/pipeline.js';
import {tenth} from './report/figures.js';
import {storedBytes} from './report/layer_reports.js';
import type {MixedPrecision} from './report/mixed_precision.js';
import {heldOutInputs, relativeError, Scorer} from './statistics/score.js';

/** How many inputs the search compares on. */
const SAMPLES = 4;

/** A quantization in which the nodes of some sources are float. */
interface Trial extends Lowered {
  readonly removed: readonly NoiseSource[];
  readonly sqnr: number;
}

/**
 * Keeps float what hurts the outputs most, until their relative error on held-out probe inputs is at
 * most `maxDrop`.
 *
 * What a rounding costs at its own place says little of what it costs the outputs: a network damps one
 * error and amplifies another a hundredfold. So sets of noise sources are tried on whole models, in
 * halves, until a set is left of which each member is needed. The model measured last is the result.
 *
 * @param lowered the quantization without floats
 */
export async function keepFloat(
  lowered: Lowered,
  options: PassOptions,
  maxDrop: number,
  onProgress: (error: number) => Promise<void>,
): Promise<Lowered & {mixedPrecision?: MixedPrecision}> {
  const float = lowered.result.found.get('quantize-weights');
  if (float === undefined || lowered.result.plan.heads.size === 0) return lowered;
  const inputs = heldOutInputs(float, options.probe, SAMPLES);
  const scorer = await Scorer.of(float, inputs);
  const attempt = async (removed: readonly NoiseSource[]): Promise<Trial> => {
    const nodes = new Set(removed.flatMap(source => source.nodes));
    const mixed = await lowerAnew(lowered.result, options, nodes);
    const {sqnr} = await scorer.score({graph: mixed.graph, grids: mixed.result.plan.activations});
    await onProgress(relativeError(sqnr));
    return {...mixed, removed, sqnr};
  };
  const isGood = ({sqnr}: Trial) => relativeError(sqnr) <= maxDrop;
  const first = await attempt([]);
  let best = first;
  if (!isGood(first)) {
    const sources = await noiseSources(float, lowered, options.activationBits, inputs.slice(0, 2));
    const needed = await smallestSet([], false, sources, async removed =>
      isGood(await attempt(removed)),
    );
    best = await attempt(needed);
  }
  const mixedPrecision = describe(float, first, best, maxDrop);
  if (best.removed.length === 0) return {...lowered, mixedPrecision};
  return {graph: best.graph, result: withReasons(best), mixedPrecision};
}

/**
 * A set of sources whose removal is good, and of which none can be put back: QuickXplain (Junker 2004).
 * k of n sources take about 2k · log₂(n / k) + 2k trials. Of two sources that would do, it takes the one
 * that comes first.
 *
 * @param removed the sources that are gone already
 * @param isNew whether that was not tried yet
 */
async function smallestSet(
  removed: readonly NoiseSource[],
  isNew: boolean,
  sources: readonly NoiseSource[],
  isGood: (removed: readonly NoiseSource[]) => Promise<boolean>,
): Promise<NoiseSource[]> {
  if (isNew && (await isGood(removed))) return [];
  if (sources.length <= 1) return [...sources];
  const half = Math.ceil(sources.length / 2);
  const [first, second] = [sources.slice(0, half), sources.slice(half)];
  const ofSecond = await smallestSet([...removed, ...first], true, second, isGood);
  const ofFirst = await smallestSet([...removed, ...ofSecond], ofSecond.length > 0, first, isGood);
  return [...ofFirst, ...ofSecond];
}

function withReasons({result, removed}: Trial): PipelineResult {
  const reasons = new Map<string, string>();
  for (const {name, kind, sqnr, nodes} of removed) {
    const text = `keepFloat: 8 bits leave the ${kind} of '${name}' ${sqnr.toFixed(1)} dB`;
    for (const node of nodes) if (!reasons.has(node)) reasons.set(node, text);
  }
  const left = [...reasons].map(([node, text]) => ({node, done: false, text}));
  const records = result.records.map(record =>
    record.pass === 'lower-to-int8' ? {...record, rewrites: [...record.rewrites, ...left]} : record,
  );
  return {...result, records};
}

function describe(float: Graph, first: Trial, best: Trial, maxDrop: number): MixedPrecision {
  const nodes = [...new Set(best.removed.flatMap(source => source.nodes))];
  return {
    maxDrop,
    sources: best.removed.map(({name, kind, sqnr}) => ({name, kind, sqnr: tenth(sqnr)})),
    nodes,
    sqnr: {before: tenth(first.sqnr), after: tenth(best.sqnr)},
    macs: macsOfNodes(float, first.result, nodes),
    bytes: storedBytes(best.graph) - storedBytes(first.graph),
  };
}

function macsOfNodes(float: Graph, {plan}: PipelineResult, nodes: readonly string[]): number {
  return nodes.reduce((sum, name) => sum + macsOf(float, float.node(name), plan.shapes), 0);
}
