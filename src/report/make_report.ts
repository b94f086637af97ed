import type {PassOptions} from '../passes/pass.js';
import type {PipelineResult} from '../passes/pipeline.js';
import {channelBoxes} from './channel_ranges.js';
import {decisionsOf, floatNodes} from './decisions.js';
import {tenth} from './figures.js';
import {type Graphs, type LayerReport, layerReports, storedBytes} from './layer_reports.js';
import type {MixedPrecision} from './mixed_precision.js';
import {opHistogram} from './ops.js';
import {NO_NOISE, probeNoise} from './probe_noise.js';
import {Report, type Totals} from './report.js';

/**
 * Gathers the report of a quantization, which runs both graphs on the probe.
 *
 * Assumptions that the caller should know of, and what was kept float, are handed on.
 */
export async function makeReport(
  graphs: Graphs,
  result: PipelineResult,
  {probe, calibration: _, sidecar: __, ...options}: PassOptions,
  {notes, mixedPrecision}: {notes: readonly string[]; mixedPrecision?: MixedPrecision},
  progress: (done: number, total: number) => Promise<void> = () => Promise.resolve(),
): Promise<Report> {
  const {given, int8} = graphs;
  const {plan, found} = result;
  const float = found.get('quantize-weights');
  const noise =
    float === undefined || plan.heads.size === 0
      ? NO_NOISE
      : await probeNoise(
          float,
          int8,
          plan,
          {probe, activationBits: options.activationBits},
          progress,
        );
  const layers = layerReports(graphs, result, options, noise);
  return new Report({
    options,
    totals: totalsOf(layers, graphs),
    outputs: noise.outputs.map(({ref, sqnr}) => ({tensor: ref, sqnr: tenth(sqnr)})),
    mixedPrecision,
    layers,
    floatNodes: floatNodes(decisionsOf(given, int8, result)),
    channels: channelsOf(result, layers),
    passes: result.records,
    ops: opHistogram(int8),
    notes,
  });
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
