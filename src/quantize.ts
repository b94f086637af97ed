import type {GraphModel} from '@tensorflow/tfjs-converter';
import {type FloatModel, importFloatModel} from './float_model.js';
import {DfqError} from './graph/dfq_error.js';
import {checkValues} from './graph/check_values.js';
import {exportModel} from './graph/export_model.js';
import type {Graph} from './graph/graph.js';
import {keepFloat} from './mixed_precision.js';
import {
  checkPassNames,
  type QuantizeOptions,
  resolveOptions,
  type ResolvedOptions,
} from './options.js';
import {
  FLOAT_PASS_NAMES,
  type PassName,
  type Pipeline,
  PIPELINE,
  type PipelineResult,
  runPipeline,
  switchOf,
} from './passes/pipeline.js';
import {QuantizedGraphModel} from './quantized_graph_model.js';
import {makeReport} from './report/make_report.js';
import {isInt8Op} from './report/ops.js';
import {DEFAULT_SCALING, describedInput, inputSpecs} from './statistics/model_inputs.js';

/**
 * Turns a float model into an INT8 GraphModel, without data (Data-Free Quantization, Nagel et al. 2019).
 *
 * The result is a GraphModel like any other. On the `int8` backend it runs on 8-bit kernels, on any
 * other by emulation. The given model stays as it is; the current backend is changed meanwhile, and
 * restored.
 *
 * @param model a loaded float GraphModel or LayersModel, its weights on any backend
 * @throws DfqError for a model or an option that can't be; the message names it and the remedy
 */
export async function quantize(
  model: FloatModel,
  options: QuantizeOptions = {},
): Promise<QuantizedGraphModel> {
  const {graph, report} = await quantizeGraph(model, options);
  const quantized = new QuantizedGraphModel(graph, report);
  await quantized.load();
  return quantized;
}

/** {@link quantize} up to the graph: what it would do, without a model to run. */
export async function quantizeGraph(model: FloatModel, options: QuantizeOptions) {
  const made = await runPasses(model, options, ['report']);
  const {given, graph, resolved, result, mixedPrecision, step} = made;
  const notes = assumptions(given, resolved, options);
  const told = {notes, mixedPrecision};
  const progress = (done: number, total: number) => step('report', done, total);
  await progress(0, 1);
  const report = await makeReport({given, int8: graph}, result, resolved.pass, told, progress);
  await progress(1, 1);
  return {graph, report, result};
}

/**
 * {@link quantizeGraph} without its report.
 *
 * @param later names of steps that are to follow
 * @returns the graph that was `given`, and the one that the passes made of it; `step` tells of later steps
 */
export async function runPasses(
  model: FloatModel,
  options: QuantizeOptions,
  later: readonly string[] = [],
) {
  const graph = await importChecked(model);
  if (graph.nodes.some(({op}) => isInt8Op(op))) {
    throw new DfqError('the model is int8 already; quantize the float model that it was made from');
  }
  const given = graph.clone();
  const resolved = resolveOptions(options, graph);
  const {pass, maxDrop, isOn} = resolved;
  const search = maxDrop === undefined ? [] : ['keep-float'];
  const step = resolved.steps<string>([...namesOf(PIPELINE, isOn), ...search, ...later]);
  const result = await runPipeline(graph, pass, isOn, step);
  if (maxDrop === undefined) return {given, graph, resolved, result, step};
  const mixed = await keepFloat({graph, result}, pass, maxDrop, error =>
    step('keep-float', Math.min(maxDrop / error, 1), 1),
  );
  return {given, resolved, step, ...mixed};
}

export interface RewriteOptions {
  /** The float passes to apply. Default: fold-batch-norm. */
  readonly passes?: readonly PassName[];
  readonly relu6?: QuantizeOptions['relu6'];
}

/**
 * Applies float passes alone: the result computes the same function in float.
 *
 * @throws DfqError for a name that is none of {@link FLOAT_PASS_NAMES}
 */
export async function rewrite(
  model: FloatModel,
  options: RewriteOptions = {},
): Promise<GraphModel> {
  const {passes = ['fold-batch-norm'], relu6} = options;
  checkPassNames(passes, FLOAT_PASS_NAMES);
  const graph = await importChecked(model);
  const resolved = resolveOptions({relu6}, graph);
  const needed = new Set<PassName>(['canonicalize', ...passes]);
  if (passes.some(name => name !== 'fold-batch-norm')) needed.add('trace-shapes');
  if (passes.includes('absorb-high-bias')) needed.add('estimate-statistics');
  await runWithProgress(graph, resolved, name => needed.has(name));
  return exportModel(graph);
}

/** @throws DfqError for a model that can't be quantized: none, layers that can't be traced, NaN among its weights */
export async function importChecked(model: FloatModel): Promise<Graph> {
  const graph = await importFloatModel(model);
  checkValues(graph);
  return graph;
}

/** Runs the passes of `pipeline` that are on, on the graph, in place, and tells the caller how far they are. */
export async function runWithProgress(
  graph: Graph,
  {pass, steps}: ResolvedOptions,
  isOn: (pass: PassName) => boolean,
  pipeline: Pipeline = PIPELINE,
): Promise<PipelineResult> {
  return runPipeline(graph, pass, isOn, steps(namesOf(pipeline, isOn)), pipeline);
}

function namesOf(pipeline: Pipeline, isOn: (pass: PassName) => boolean) {
  return pipeline.map(({name}) => name).filter(name => isOn(switchOf(name)));
}

/** What is taken of the inputs that the caller says nothing of. */
function assumptions(
  graph: Graph,
  {pass}: ResolvedOptions,
  {examples = {}, calibration}: QuantizeOptions,
): string[] {
  if (pass.statistics === 'batch-norm' || calibration !== undefined) return [];
  return inputSpecs(graph).flatMap(spec => {
    if (spec.name in examples || pass.probe.inputs?.[spec.name] !== undefined) return [];
    const {kind, range, scaling} = describedInput(graph, spec, {});
    if (kind !== 'image') {
      const of = range === undefined ? '' : ` of [${range.join(', ')}]`;
      return [`input '${spec.name}' is taken for ${kind}${of}; option inputs says otherwise`];
    }
    if (pass.probe.scaling !== undefined || spec.dtype !== 'float32') return [];
    const {mean, std} = scaling ?? DEFAULT_SCALING;
    return [
      `pixels are taken to enter '${spec.name}' as (v − ${String(mean)}) / ${String(std)}; option input says otherwise`,
    ];
  });
}
