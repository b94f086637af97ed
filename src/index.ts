/**
 * tfjs-dfq: data-free INT8 quantization of TensorFlow.js GraphModels and LayersModels.
 *
 *     import * as dfq from 'tfjs-dfq';
 *
 *     const quantized = await dfq.quantize(await loadGraphModel(url));
 *     await tf.setBackend('int8');
 *     quantized.predict(x);
 *
 * Importing it registers the `int8` backend and the int8 graph ops; see `tfjs-dfq/backend` for apps
 * that only run a quantized model.
 */
import '../backend/index.js';

export {type FloatModel, toGraphModel} from './float_model.js';
export {compare, type CompareOptions, type Comparison} from './compare.js';
export {DfqError} from './graph/dfq_error.js';
export {type Inspection, inspect, type TensorDescription} from './inspect.js';
export type {Progress, QuantizeOptions} from './options.js';
export type {LayersModelLike} from './layers/layers_model.js';
export type {Rewrite} from './passes/pass.js';
export {
  FLOAT_PASS_NAMES as floatPassNames,
  PASS_NAMES as passNames,
  type PassName,
  type PassRecord,
} from './passes/pipeline.js';
export type {LayerComparison, OutputComparison} from './report/site_meters.js';
export type {WorstChannel} from './report/tensor_error.js';
export {quantize, rewrite, type RewriteOptions} from './quantize.js';
export {QuantizedGraphModel, reportOf} from './quantized_graph_model.js';
export type {ChannelBoxes, ChannelRanges, Quantiles} from './report/channel_ranges.js';
export type {FloatNode, NodeDecision} from './report/decisions.js';
export type {Encoding, FilterEncoding} from './report/encoding.js';
export type {LayerReport} from './report/layer_reports.js';
export {type OutputReport, Report, type ReportData, type Totals} from './report/report.js';
export type {PassGroups, ReportJson} from './report/report_json.js';
export type {RewriteGroup} from './report/rewrites.js';
export {getThreads, setThreads} from '../backend/threads/set_threads.js';
export {score, type ScoreOptions} from './score.js';
export {simulate, type SimulateOptions} from './simulate.js';
export {sidecar} from './sidecar.js';
export {toOnnx, type OnnxOptions} from './to_onnx.js';
export type {Score, TensorScore} from './statistics/score.js';
export type {CalibrationData, CalibrationSample} from './statistics/calibration.js';
export type {InputDescription, InputKind} from './statistics/input_kinds.js';
export type {PixelScaling} from './statistics/model_inputs.js';
export type {RangeRule} from './statistics/range_rules.js';
export type {Sidecar, SidecarEntry} from './statistics/sidecar.js';
