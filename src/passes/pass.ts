import type {CalibrationData} from '../statistics/calibration.js';
import type {ProbeOptions} from '../statistics/model_inputs.js';
import type {RangeRule} from '../statistics/range_rules.js';
import type {Sidecar} from '../statistics/sidecar.js';
import type {StatisticsSource} from '../statistics/tensor_statistics.js';
import type {Graph} from '../graph/graph.js';
import type {ScaleKind} from '../quant/quant_params.js';
import type {QuantizationPlan} from './plan.js';

/** A place where a pass did something, or did not and why. */
export interface Rewrite {
  readonly node: string;
  readonly done: boolean;
  /** What was done, or the reason why not. */
  readonly text: string;
}

/** What a pass may read and record besides the graph. */
export interface PassContext {
  readonly options: PassOptions;
  /** Decisions that later passes build on: statistics, integer weights, activation grids. */
  readonly plan: QuantizationPlan;
  /** Records a rewrite; `text` says what was done. */
  did(node: string, text: string): void;
  /** Records that a node was left alone; `reason` says why. */
  left(node: string, reason: string): void;
  /** How far a long pass is. The host gets its turn meanwhile; throws where the caller has cancelled. */
  progress(done: number, total: number): Promise<void>;
}

export interface PassOptions {
  /** 2 … 8, in a simulation 2 … 16 */
  readonly weightBits: number;
  /** 2 … 8, in a simulation 2 … 16 */
  readonly activationBits: number;
  readonly perChannel: boolean;
  readonly symmetricWeights: boolean;
  readonly symmetricActivations: boolean;
  /** Of weights and activations. */
  readonly scales: ScaleKind;
  /** Names of nodes that stay float. */
  readonly skip: readonly string[];
  /** Where statistics come from: the best of what there is for each tensor, or one source alone. */
  readonly statistics: 'auto' | StatisticsSource;
  /** The caller's data, if there is any. */
  readonly calibration?: CalibrationData;
  /** Statistics of batch norms that are no longer in the model. */
  readonly sidecar?: Sidecar;
  /** How the range of an activation follows from the values that were observed. */
  readonly activationRange: RangeRule;
  /** For activationRange 'percentile', in percent. */
  readonly percentile: number;
  /** What the probe feeds the model. */
  readonly probe: ProbeOptions;
  /** Which range of weights a grid covers. */
  readonly weightRange: 'min-max' | 'mse';
  /** How weights are rounded (see round-weights); 'auto': with feedback at few bits, else to the nearest. */
  readonly rounding: 'auto' | 'nearest' | 'flip' | 'feedback';
  /** How biases are corrected (see correct-bias); 'auto': empirically where only the probe tells of a layer's operand. */
  readonly biasCorrection: 'auto' | 'analytic' | 'empirical' | 'both';
  /** What equalization evens out: the ranges of weights and activations together, or those of weights alone. */
  readonly equalize: 'weights-and-activations' | 'weights';
  /** What equalization makes of a ReLU6 (see equalize-layers). */
  readonly relu6: 'per-channel-cap' | 'relu' | 'keep';
}

/** Those that reports hold: what is data is left out. */
export type ReportedOptions = Omit<PassOptions, 'probe' | 'calibration' | 'sidecar'>;

/** One rewrite of the graph, in one file. */
export interface Pass<Name extends string = string> {
  readonly name: Name;
  /** One line for `dfq --help` and reports. */
  readonly summary: string;
  /** The float function of the graph stays what it was, to 1e-5 relative. */
  readonly preservesFunction: boolean;
  run(graph: Graph, context: PassContext): void | Promise<void>;
}
