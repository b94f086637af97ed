import type {Graph} from '../graph/graph.js';
import {layersOf} from '../graph/layer.js';
import {type CalibrationData, calibrationInputs} from './calibration.js';
import {statisticsLoops} from './statistics_loops.js';
import {ChannelObserver} from './channel_observer.js';
import {type ProbeOptions, probeSources} from './model_inputs.js';
import {type OnDone, paced} from './paced.js';
import {runGraph} from './run_graph.js';
import type {StatisticsSource, TensorStatistics} from './tensor_statistics.js';

/** Enough for means and ranges to settle (docs/quantization.md has the measurements). */
export const PROBE_SIZE = 16;

export interface Measured {
  /** Shape of each tensor for the first sample. */
  readonly shapes: Map<string, readonly number[]>;
  /** Of the float tensors that have channels. */
  readonly statistics: Map<string, TensorStatistics>;
}

/** What is to be measured, and who is told how far it is. */
export interface Observation {
  /** The tensors to measure, where not all of them. */
  readonly refs?: ReadonlySet<string>;
  /** Histograms too, which ranges other than the extremes follow from. Default false. */
  readonly histogram?: boolean;
  readonly onSample?: OnDone;
}

/**
 * Runs the float graph on generated inputs and measures its tensors.
 *
 * @param samples how many inputs
 */
export async function probe(
  graph: Graph,
  options: ProbeOptions,
  samples: number = PROBE_SIZE,
  observation: Observation = {},
): Promise<Measured> {
  return measure(graph, probeSources(graph, samples, options), 'probe', observation);
}

/** Runs the float graph on the caller's data and measures its tensors. */
export async function calibrate(
  graph: Graph,
  data: CalibrationData,
  observation: Observation = {},
): Promise<Measured> {
  return measure(graph, calibrationInputs(graph, data), 'calibration', observation);
}

async function measure(
  graph: Graph,
  inputs: Parameters<typeof runGraph>[1],
  source: StatisticsSource,
  {refs, histogram = false, onSample = () => undefined}: Observation,
): Promise<Measured> {
  const shapes = new Map<string, readonly number[]>();
  const observers = new Map<string, ChannelObserver>();
  // Sums without their bias are half of all values, and no pass asks for them.
  const unbiased = new Set(layersOf(graph).flatMap(({node, bias}) => (bias ? node.name : [])));
  await runGraph(graph, paced(inputs, onSample), tensor => {
    if (!shapes.has(tensor.ref)) shapes.set(tensor.ref, tensor.shape);
    const channels = tensor.shape[tensor.shape.length - 1];
    const isWanted = refs?.has(tensor.ref) ?? !unbiased.has(tensor.ref);
    if (tensor.dtype !== 'float32' || !(channels > 0) || !isWanted) return;
    let observer = observers.get(tensor.ref);
    if (observer === undefined)
      observers.set(tensor.ref, (observer = new ChannelObserver(channels, {histogram})));
    observer.add(tensor.values(), statisticsLoops());
  });
  const statistics = new Map<string, TensorStatistics>();
  for (const [ref, observer] of observers) {
    const result = observer.statistics(source);
    if (result !== undefined) statistics.set(ref, result);
  }
  return {shapes, statistics};
}

/** Shapes alone, from one run. */
export async function traceShapes(graph: Graph, options: ProbeOptions) {
  const shapes = new Map<string, readonly number[]>();
  await runGraph(graph, probeSources(graph, 1, options), ({ref, shape}) => shapes.set(ref, shape));
  return shapes;
}
