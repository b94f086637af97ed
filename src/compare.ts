import type {GraphModel} from '@tensorflow/tfjs-converter';
import {DfqError} from './graph/dfq_error.js';
import type {FloatModel} from './float_model.js';
import type {Graph} from './graph/graph.js';
import {importModel} from './graph/import_model.js';
import type {QuantizeOptions} from './options.js';
import {PASS_NAMES} from './passes/pipeline.js';
import {gridOfBits} from './quant/grid.js';
import {runPasses} from './quantize.js';
import {reportOf} from './quantized_graph_model.js';
import {forcedGraph, type Int8Site, int8Sites} from './report/forced_graph.js';
import {mismatches} from './report/mismatches.js';
import {type LayerComparison, type OutputComparison, SiteMeters} from './report/site_meters.js';
import {type CalibrationData, calibrationInputs} from './statistics/calibration.js';
import {observableRefs} from './statistics/run_graph.js';
import {heldOutInputs} from './statistics/score.js';

export interface CompareOptions extends QuantizeOptions {
  /**
   * An int8 model that was made from the float one, in place of a new one. Its report tells how it was
   * made; `input`, `examples`, `calibration` and `sidecar` are not in there and must be given again.
   */
  readonly int8?: GraphModel;
  /** What both are run on; in place of generated inputs. */
  readonly data?: CalibrationData;
  /** How many generated inputs. Default 4. */
  readonly samples?: number;
}

export interface Comparison {
  /** In the order of the graph. */
  readonly layers: readonly LayerComparison[];
  /** What the model is judged by: its outputs, or what discrete ones are selected from. */
  readonly outputs: readonly OutputComparison[];
  readonly notCompared: ReadonlyArray<{readonly name: string; readonly reason: string}>;
  /** How many inputs it was measured on. */
  readonly samples: number;
}

const SAMPLES = 4;

/**
 * Where an int8 model loses what: each int8 op against the float tensor that it stands for. That is the
 * tensor of the float graph as it was quantized, with channels equalized.
 *
 * Both models stay as they are.
 *
 * @param model the float model
 * @throws DfqError as quantize does, and for an int8 model without a report
 */
export async function compare(
  model: FloatModel,
  options: CompareOptions = {},
): Promise<Comparison> {
  const {int8: given, data, samples = SAMPLES, ...own} = options;
  if (!Number.isInteger(samples) || samples < 1)
    throw new DfqError(`samples is ${samples}; it must be a whole number from 1`);
  const made = await runPasses(model, given ? {...own, ...optionsOf(given)} : own, ['compare']);
  const {plan, found} = made.result;
  const float = found.get('quantize-weights');
  if (float === undefined)
    throw new DfqError('compare needs the pass quantize-weights, which is switched off');
  const int8 = given ? await importModel(given) : made.graph;
  const wrong = given ? mismatches(made.graph, int8) : new Map<string, string>();
  const {observable, hidden} = visibleSites(float, int8Sites(float, int8, plan.activations));
  const sites = observable.filter(({int8: {name}}) => !wrong.has(name));
  const grid = gridOfBits(made.resolved.pass.activationBits);
  const forced = forcedGraph(float, int8, sites, plan.activations, grid);
  const meters = new SiteMeters(float, int8, sites, forced);
  const inputs = data
    ? calibrationInputs(float, data)
    : heldOutInputs(float, made.resolved.pass.probe, samples);
  let count = 0;
  for await (const make of inputs) {
    await meters.measure(make);
    count++;
    await made.step('compare', count, data ? count + 1 : samples);
  }
  return {
    layers: sites.map(site => meters.layer(site)),
    outputs: meters.outputs(),
    notCompared: [
      ...observable.flatMap(({ref, int8: {name}}) => {
        const reason = wrong.get(name);
        return reason === undefined ? [] : [{name: ref, reason}];
      }),
      ...hidden.map(({ref}) => ({name: ref, reason: 'it is inside a loop or a branch'})),
    ],
    samples: count,
  };
}

/** The options that a quantized model's report holds. */
function optionsOf(int8: GraphModel): QuantizeOptions {
  const {options, passes} = reportOf(int8);
  const ran = new Set(passes.map(({pass}) => pass));
  return {...options, passes: Object.fromEntries(PASS_NAMES.map(name => [name, ran.has(name)]))};
}

function visibleSites(float: Graph, sites: readonly Int8Site[]) {
  const visible = new Set(observableRefs(float));
  return {
    observable: sites.filter(({ref}) => visible.has(ref)),
    hidden: sites.filter(({ref}) => !visible.has(ref)),
  };
}
