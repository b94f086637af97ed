import type {Graph} from '../graph/graph.js';
import {layersOf} from '../graph/layer.js';
import {type CalibrationData, calibrationInputs} from './calibration.js';
import {ChannelObserver} from './channel_observer.js';
import {probeInputs, type ProbeOptions} from './model_inputs.js';
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

/**
 * Runs the float graph on generated inputs and measures every tensor.
 *
 * @param samples how many inputs
 */
export async function probe(
  graph: Graph,
  options: ProbeOptions,
  samples: number = PROBE_SIZE,
  onSample: (done: number) => void = () => undefined,
): Promise<Measured> {
  return measure(graph, inputsOf(graph, options, samples, onSample), 'probe');
}

/** Runs the float graph on the caller's data and measures every tensor. */
export async function calibrate(
  graph: Graph,
  data: CalibrationData,
  onSample: (done: number) => void = () => undefined,
): Promise<Measured> {
  return measure(graph, calibrationInputs(graph, data, onSample), 'calibration');
}

async function measure(
  graph: Graph,
  inputs: Parameters<typeof runGraph>[1],
  source: StatisticsSource,
): Promise<Measured> {
  const shapes = new Map<string, readonly number[]>();
  const observers = new Map<string, ChannelObserver>();
  // Sums without their bias are half of all values, and no pass asks for them.
  const unbiased = new Set(layersOf(graph).flatMap(({node, bias}) => (bias ? node.name : [])));
  await runGraph(graph, inputs, tensor => {
    if (!shapes.has(tensor.ref)) shapes.set(tensor.ref, tensor.shape);
    const channels = tensor.shape[tensor.shape.length - 1];
    if (tensor.dtype !== 'float32' || !(channels > 0) || unbiased.has(tensor.ref)) return;
    let observer = observers.get(tensor.ref);
    if (observer === undefined)
      observers.set(tensor.ref, (observer = new ChannelObserver(channels)));
    observer.add(tensor.values());
  });
  const statistics = new Map<string, TensorStatistics>();
  for (const [ref, observer] of observers) {
    const result = observer.statistics(source);
    if (result !== undefined) statistics.set(ref, result);
  }
  return {shapes, statistics};
}

function* inputsOf(
  graph: Graph,
  options: ProbeOptions,
  samples: number,
  onSample: (done: number) => void,
) {
  for (let i = 0; i < samples; i++) {
    yield () => probeInputs(graph, i, options);
    onSample(i + 1);
  }
}

/** Shapes alone, from one run. */
export async function traceShapes(graph: Graph, options: ProbeOptions) {
  const shapes = new Map<string, readonly number[]>();
  await runGraph(graph, [() => probeInputs(graph, 0, options)], ({ref, shape}) =>
    shapes.set(ref, shape),
  );
  return shapes;
}
