import type {DataType} from '@tensorflow/tfjs-core';
import type {Graph} from '../graph/graph.js';
import {layersOf} from '../graph/layer.js';
import type {ChannelSums} from '../ops.js';
import {type CalibrationData, calibrationInputs} from './calibration.js';
import {statisticsLoops} from './statistics_loops.js';
import {withChannelSteps} from './channel_steps.js';
import {ChannelObserver} from './channel_observer.js';
import {type ProbeOptions, probeSources} from './model_inputs.js';
import {type OnDone, paced} from './paced.js';
import {observableRefs, type ObservedTensor, runGraph} from './run_graph.js';
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
  const meter = new Meter(graph, refs, histogram);
  // A histogram is made of the values themselves.
  const stepped = histogram ? undefined : withChannelSteps(graph, meter.expect.bind(meter));
  const {graph: run, shown} = stepped ?? {graph, shown: new Set<string>()};
  const visited = observableRefs(run).filter(ref => !shown.has(ref) || graph.isOutput(ref));
  const visit = (tensor: ObservedTensor) => {
    if (!shown.has(tensor.ref)) meter.add(tensor);
  };
  try {
    await runGraph(run, paced(inputs, onSample), visit, visited);
  } finally {
    stepped?.release();
  }
  return meter.measured(source);
}

/** Notes shapes and statistics of the tensors of a graph as they are computed. */
class Meter {
  private readonly shapes = new Map<string, readonly number[]>();
  private readonly observers = new Map<string, ChannelObserver>();
  /** Sums without their bias are half of all values, and no pass asks for them. */
  private readonly unbiased: ReadonlySet<string>;

  constructor(
    private readonly graph: Graph,
    private readonly wanted: ReadonlySet<string> | undefined,
    private readonly histogram: boolean,
  ) {
    this.unbiased = new Set(layersOf(graph).flatMap(({node, bias}) => (bias ? node.name : [])));
  }

  add({ref, shape, dtype, values}: ObservedTensor): void {
    this.observer(ref, shape, dtype)?.add(values(), statisticsLoops());
  }

  /** @returns what the moments of a float32 tensor are to be added to, if they are wanted */
  expect(ref: string, shape: readonly number[]): ChannelSums | undefined {
    const rows = shape.slice(0, -1).reduce((product, size) => product * size, 1);
    return this.observer(ref, shape, 'float32')?.expect(rows);
  }

  /** In the order of the graph. */
  measured(source: StatisticsSource): Measured {
    const shapes = new Map<string, readonly number[]>();
    const statistics = new Map<string, TensorStatistics>();
    for (const ref of observableRefs(this.graph)) {
      const shape = this.shapes.get(ref);
      if (shape !== undefined) shapes.set(ref, shape);
      const result = this.observers.get(ref)?.statistics(source);
      if (result !== undefined) statistics.set(ref, result);
    }
    return {shapes, statistics};
  }

  private observer(ref: string, shape: readonly number[], dtype: DataType) {
    if (!this.shapes.has(ref)) this.shapes.set(ref, shape);
    const channels = shape[shape.length - 1];
    const isWanted = this.wanted?.has(ref) ?? !this.unbiased.has(ref);
    if (dtype !== 'float32' || !(channels > 0) || !isWanted) return undefined;
    const {histogram} = this;
    const known = this.observers.get(ref) ?? new ChannelObserver(channels, {histogram});
    this.observers.set(ref, known);
    return known;
  }
}

/** Shapes alone, from one run. */
export async function traceShapes(graph: Graph, options: ProbeOptions) {
  const shapes = new Map<string, readonly number[]>();
  await runGraph(graph, probeSources(graph, 1, options), ({ref, shape}) => shapes.set(ref, shape));
  return shapes;
}
