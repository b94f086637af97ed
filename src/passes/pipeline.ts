import {util} from '@tensorflow/tfjs-core';
import {DfqError} from '../graph/dfq_error.js';
import type {Graph} from '../graph/graph.js';
import {layerOf, setBias} from '../graph/layer.js';
import {verify} from '../graph/verify.js';
import {absorbHighBias} from './absorb_high_bias.js';
import {applySidecar} from './apply_sidecar.js';
import {canonicalize} from './canonicalize.js';
import {chooseActivationRanges} from './choose_activation_ranges.js';
import {correctBias} from './correct_bias.js';
import {equalizeLayers} from './equalize_layers.js';
import {estimateStatistics} from './estimate_statistics.js';
import {findRecurrences} from './find_recurrences.js';
import {foldBatchNorm} from './fold_batch_norm.js';
import {fakeQuantize} from './fake_quantize.js';
import {lowerToInt8} from './lower_to_int8.js';
import type {Pass, PassContext, PassOptions, Rewrite} from './pass.js';
import {QuantizationPlan} from './plan.js';
import {pruneConstantChannels} from './prune_constant_channels.js';
import {quantizeWeights} from './quantize_weights.js';
import {roundWeights} from './round_weights.js';
import {tieSteps} from './tie_steps.js';
import {traceShapes} from './trace_shapes.js';

/**
 * Data-free quantization, in order. Equalization needs batch norm folded and arbitrary channels out
 * of the way; biases are corrected for the integer weights that ship.
 */
export const PIPELINE = [
  canonicalize,
  foldBatchNorm,
  applySidecar,
  traceShapes,
  pruneConstantChannels,
  equalizeLayers,
  estimateStatistics,
  findRecurrences,
  absorbHighBias,
  quantizeWeights,
  roundWeights,
  correctBias,
  tieSteps,
  chooseActivationRanges,
  lowerToInt8,
] as const;

export type PassName = (typeof PIPELINE)[number]['name'];

/** Passes that every other one builds on; they can't be switched off. */
const REQUIRED: readonly PassName[] = [
  'canonicalize',
  'apply-sidecar',
  'trace-shapes',
  'estimate-statistics',
  'find-recurrences',
];

/** The passes that can be switched off, in the order in which they run. */
export const PASS_NAMES: readonly PassName[] = PIPELINE.map(({name}) => name).filter(
  name => !REQUIRED.includes(name),
);

/** Those of them that leave the graph in float. */
export const FLOAT_PASS_NAMES: readonly PassName[] = PASS_NAMES.slice(
  0,
  PASS_NAMES.indexOf('quantize-weights'),
);

/** The pass that takes the place of lower-to-int8 in a simulation, and is switched off by its name. */
type SimulationPass = ReturnType<typeof fakeQuantize>['name'];

export type Pipeline = readonly Pass<PassName | SimulationPass>[];

/** The pipeline of a float model that computes what the int8 one would. */
export function simulationPipeline(simulated: Parameters<typeof fakeQuantize>[0]): Pipeline {
  return PIPELINE.map(pass => (pass === lowerToInt8 ? fakeQuantize(simulated) : pass));
}

export interface PassRecord {
  readonly pass: PassName | SimulationPass;
  readonly rewrites: readonly Rewrite[];
  /** How long it took; absent from a report that was saved, which is the same each time. */
  readonly milliseconds?: number;
}

/** The float graph as passes find it that reports compare with. */
export type FoundGraphs = ReadonlyMap<PassRecord['pass'], Graph>;

const KEPT: readonly PassRecord['pass'][] = ['equalize-layers', 'quantize-weights'];

export interface PipelineResult {
  readonly records: readonly PassRecord[];
  readonly plan: QuantizationPlan;
  /** Copies of the graph as equalize-layers and quantize-weights found it, if they ran. */
  readonly found: FoundGraphs;
}

/**
 * Runs the passes that `isOn` lets run on the graph, in place.
 *
 * @throws DfqError with the name of the pass that failed
 */
export async function runPipeline(
  graph: Graph,
  options: PassOptions,
  isOn: (pass: PassName) => boolean,
  onProgress: (step: PassRecord['pass'], done: number, total: number) => Promise<void> = () =>
    Promise.resolve(),
  pipeline: Pipeline = PIPELINE,
): Promise<PipelineResult> {
  const plan = new QuantizationPlan();
  for (const name of options.skip) plan.skipped.add(graph.node(name).name);
  const records: PassRecord[] = [];
  const found = new Map<PassRecord['pass'], Graph>();
  for (const pass of pipeline.filter(({name}) => isOn(switchOf(name)))) {
    if (KEPT.includes(pass.name)) found.set(pass.name, graph.clone());
    await onProgress(pass.name, 0, 1);
    const progress = (done: number, total: number) => onProgress(pass.name, done, total);
    records.push(await runPass(pass, graph, {options, plan, progress}));
    await onProgress(pass.name, 1, 1);
  }
  return {records, plan, found};
}

/** The name by which a pass is switched off. */
export function switchOf(name: PassRecord['pass']): PassName {
  return name === 'fake-quantize' ? 'lower-to-int8' : name;
}

/**
 * Lowers the float graph of a quantization once more, with some more nodes left float.
 *
 * @param keptFloat names of nodes of the float graph; of layers, the linear nodes
 */
export async function lowerAnew(
  {records, plan, found}: PipelineResult,
  options: PassOptions,
  keptFloat: Iterable<string>,
): Promise<{graph: Graph; result: PipelineResult}> {
  const graph = found.get('quantize-weights')?.clone();
  if (graph === undefined) throw new Error('quantize-weights has not run');
  const mixed = plan.withFloat(keptFloat);
  for (const [name, bias] of mixed.biases) {
    const layer = layerOf(graph, graph.node(name));
    if (layer !== undefined) setBias(graph, layer, bias);
  }
  const lowered = await runPass(lowerToInt8, graph, {
    options,
    plan: mixed,
    progress: () => Promise.resolve(),
  });
  const others = records.filter(({pass}) => pass !== lowered.pass);
  return {graph, result: {records: [...others, lowered], plan: mixed, found}};
}

async function runPass(
  pass: Pipeline[number],
  graph: Graph,
  context: Pick<PassContext, 'options' | 'plan' | 'progress'>,
): Promise<PassRecord> {
  const rewrites: Rewrite[] = [];
  const start = util.now();
  let thrownByCaller: unknown;
  const progress = async (done: number, total: number) => {
    try {
      await context.progress(done, total);
    } catch (error) {
      thrownByCaller = error;
      throw error;
    }
  };
  try {
    await pass.run(graph, {
      ...context,
      progress,
      did: (node, text) => rewrites.push({node, done: true, text}),
      left: (node, text) => rewrites.push({node, done: false, text}),
    });
    graph.removeUnused();
    verify(graph);
  } catch (error) {
    if (error instanceof DfqError && error !== thrownByCaller)
      throw new DfqError(`${pass.name}: ${error.message}`);
    throw error;
  }
  return {pass: pass.name, rewrites, milliseconds: util.now() - start};
}
