import {encodeConstant} from '../graph/encode_constant.js';
import type {Constant} from '../graph/constant.js';
import {type Graph, type Node, parseRef} from '../graph/graph.js';
import {type Layer, layerOf} from '../graph/layer.js';
import {macsOf} from '../graph/macs.js';
import type {ReportedOptions} from '../passes/pass.js';
import type {PipelineResult} from '../passes/pipeline.js';
import type {TensorScore} from '../statistics/score.js';
import type {StatisticsSource} from '../statistics/tensor_statistics.js';
import {type ChannelRanges, rangesOf} from './channel_ranges.js';
import {type Encoding, encodingOf, type FilterEncoding, filterEncoding} from './encoding.js';
import {tenth} from './figures.js';
import type {ProbeNoise} from './probe_noise.js';

/** What became of one linear layer: convolution, depthwise convolution, matrix product. */
export interface LayerReport {
  /** Its node in the float graph, once fused layers are split. */
  readonly name: string;
  readonly op: string;
  readonly decision: 'int8' | 'float';
  /** Why it stayed float. */
  readonly reason?: string;
  /** Multiply-accumulates for one sample; 0 where the layer is never run outside of loops. */
  readonly macs: number;
  /** Of its filter and what belongs to it, on disk: in the float model, and in the result. */
  readonly bytes: {readonly float: number; readonly int8: number};
  /** Where the statistics of its input came from. */
  readonly statistics?: StatisticsSource;
  /** The grids of its filter. */
  readonly weights?: FilterEncoding;
  /** Signal-to-noise ratio of its integer weights, in dB; absent where they are exact. */
  readonly weightSqnr?: number;
  readonly input?: Encoding;
  /** Of the result, its activation included; absent where that leaves the layer in float. */
  readonly output?: Encoding;
  /** Of the result on the probe, against the float model, in dB: with the errors of all layers before. */
  readonly activationSqnr?: number;
  /** Of the float result put on the output's grid, in dB: what that grid alone costs. */
  readonly gridSqnr?: number;
  /** Absent where equalization was off. */
  readonly channelRanges?: ChannelRanges;
}

/** The graphs that a layer is looked up in. */
export interface Graphs {
  /** The model as it was given. */
  readonly given: Graph;
  readonly int8: Graph;
}

/** One report for each linear layer, in the order of the graph. */
export function layerReports(
  graphs: Graphs,
  result: PipelineResult,
  options: ReportedOptions,
  noise: ProbeNoise,
): LayerReport[] {
  const {plan, found} = result;
  const float = found.get('quantize-weights');
  if (float === undefined) return [];
  return [...plan.layers].map(([name, node]): LayerReport => {
    const layer = layerOf(float, float.node(name));
    const head = plan.heads.get(name);
    const input = layer?.input ?? node.inputs[0];
    const base = {
      name,
      op: node.op,
      macs: macsOf(float, node, plan.shapes),
      channelRanges: layer && channelRanges(layer, result),
    };
    const floatBytes = layer === undefined ? 0 : floatBytesOf(layer, float, graphs.given);
    if (head === undefined) {
      const bytes = {float: floatBytes, int8: floatBytes};
      const reason = floatReason(name, result);
      return {...base, decision: 'float', reason, bytes};
    }
    const filter = plan.filters.get(name);
    const isInside = graphs.int8.has(`${head}/int8`);
    const int8 = graphs.int8.node(isInside ? `${head}/int8` : head);
    return {
      ...base,
      decision: 'int8',
      bytes: {float: floatBytes, int8: operandBytes(graphs.int8, int8)},
      statistics: plan.statistics.get(input)?.source,
      weights: filter && filterEncoding(filter, options.weightBits),
      weightSqnr: tenth(filter?.sqnr),
      input: encodingOf(input, plan.activations.get(input), options.activationBits),
      output: isInside
        ? encodingOf(head, plan.activations.get(head), options.activationBits)
        : undefined,
      activationSqnr: sqnrOf(noise.tensors, head),
      gridSqnr: sqnrOf(noise.grids, head),
    };
  });
}

/** Only two passes decide whether a layer is int8; others leave it alone for reasons of their own. */
function floatReason(name: string, {records}: PipelineResult): string {
  const left = records
    .filter(({pass}) => pass === 'quantize-weights' || pass === 'lower-to-int8')
    .flatMap(({rewrites}) => rewrites.filter(({node, done}) => node === name && !done));
  return left.at(-1)?.text ?? 'lower-to-int8 is off';
}

function sqnrOf(scores: readonly TensorScore[], ref: string): number | undefined {
  return tenth(scores.find(score => score.ref === ref)?.sqnr);
}

function channelRanges(after: Layer, {found}: PipelineResult): ChannelRanges | undefined {
  const graph = found.get('equalize-layers');
  const {name} = after.node;
  const before = graph?.has(name) ? layerOf(graph, graph.node(name)) : undefined;
  return before && rangesOf(before, after);
}

/** Filter and bias, as the given model stores them, if it has them under the same name. */
function floatBytesOf({node, bias, filter}: Layer, float: Graph, given: Graph): number {
  const stored = (owner: Node, constant: Constant) => {
    const own = given.constants.get(parseRef(owner.inputs[1]).node);
    const isSame = own?.values.length === constant.values.length;
    return bytesOf(isSame ? own : constant);
  };
  const added = bias && float.constantInput(bias, 1);
  return stored(node, filter) + (bias && added ? stored(bias, added) : 0);
}

function operandBytes(graph: Graph, node: Node): number {
  return node.inputs.reduce((sum, _, i) => sum + bytesOf(graph.constantInput(node, i)), 0);
}

function bytesOf(constant: Constant | undefined): number {
  return constant === undefined ? 0 : encodeConstant('', constant).bytes.length;
}

/** Bytes of all constants on disk. */
export function storedBytes(graph: Graph): number {
  return [...graph.constants.values()].reduce((sum, constant) => sum + bytesOf(constant), 0);
}
