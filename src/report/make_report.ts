import type {PassOptions} from '../passes/pass.js';
import type {PipelineResult} from '../passes/pipeline.js';
import {type ActivationNoise, activationNoise} from './activation_noise.js';
import {channelBoxes} from './channel_ranges.js';
import {decisionsOf, floatNodes} from './decisions.js';
import {type Graphs, type LayerReport, layerReports, storedBytes} from './layer_reports.js';
import {opHistogram} from './ops.js';
import {Report, type Totals} from './report.js';

/**
 * Gathers the report of a quantization, which runs both graphs on the probe.
 *
 * @param notes assumptions that the caller should know of
 */
export async function makeReport(
  graphs: Graphs,
  result: PipelineResult,
  {probe, ...options}: PassOptions,
  notes: readonly string[],
): Promise<Report> {
  const {given, int8} = graphs;
  const noise = await measureNoise(graphs, result, {bits: options.activationBits, probe});
  const layers = layerReports(graphs, result, options, noise);
  return new Report({
    options,
    totals: totalsOf(layers, graphs),
    outputs: int8.outputs.map(name => ({name, sqnr: noise.get(name)?.sqnr})),
    layers,
    floatNodes: floatNodes(decisionsOf(given, int8, result)),
    channels: channelsOf(result, layers),
    passes: result.records,
    ops: opHistogram(int8),
    notes,
  });
}

async function measureNoise(
  {int8}: Graphs,
  {plan, found}: PipelineResult,
  options: Parameters<typeof activationNoise>[4],
): Promise<ReadonlyMap<string, ActivationNoise>> {
  const float = found.get('quantize-weights');
  if (float === undefined || plan.heads.size === 0) return new Map();
  const refs = new Set([...plan.heads.values(), ...int8.outputs]);
  return activationNoise(float, int8, plan, [...refs], options);
}

function totalsOf(layers: readonly LayerReport[], {given, int8}: Graphs): Totals {
  const sum = (own: readonly LayerReport[]) => own.reduce((total, {macs}) => total + macs, 0);
  return {
    macs: sum(layers),
    int8Macs: sum(layers.filter(({decision}) => decision === 'int8')),
    floatBytes: storedBytes(given),
    int8Bytes: storedBytes(int8),
  };
}

function channelsOf({found}: PipelineResult, layers: readonly LayerReport[]) {
  const before = found.get('equalize-layers');
  const after = found.get('quantize-weights');
  if (before === undefined || after === undefined) return undefined;
  const ranges = layers.flatMap(({name, channelRanges}) =>
    channelRanges ? [[name, channelRanges] as const] : [],
  );
  return channelBoxes(before, after, new Map(ranges));
}
