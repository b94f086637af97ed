import type {ReportedOptions} from '../passes/pass.js';
import type {PassRecord} from '../passes/pipeline.js';
import type {ChannelBoxes} from './channel_ranges.js';
import type {FloatNode} from './decisions.js';
import type {LayerReport} from './layer_reports.js';
import type {MixedPrecision} from './mixed_precision.js';
import {type ReportJson, reportFromJson, reportToJson} from './report_json.js';
import {reportText} from './report_text.js';

/** Sums over the model. */
export interface Totals {
  /** Multiply-accumulates of all linear layers for one sample, and of those that are int8. */
  readonly macs: number;
  readonly int8Macs: number;
  /** Of the weights on disk: of the float model and of the result. */
  readonly floatBytes: number;
  readonly int8Bytes: number;
}

/** An output of the model on the probe, or what an output is selected from (boxes, say), int8 against float. */
export interface OutputReport {
  readonly tensor: string;
  /** In dB; absent where both are equal. */
  readonly sqnr?: number;
}

export interface ReportData {
  readonly options: ReportedOptions;
  readonly totals: Totals;
  readonly outputs: readonly OutputReport[];
  /** Absent where keepFloat was not 'auto'. */
  readonly mixedPrecision?: MixedPrecision;
  /** Linear layers, in the order of the graph. */
  readonly layers: readonly LayerReport[];
  /** Other nodes that stayed float. */
  readonly floatNodes: readonly FloatNode[];
  /** The layer that equalization evened out most. */
  readonly channels?: ChannelBoxes;
  /** What each pass did, or did not and why, node by node. */
  readonly passes: readonly PassRecord[];
  /** How many nodes of each op the result has. */
  readonly ops: Readonly<Record<string, number>>;
  /** Assumptions that the caller should know of. */
  readonly notes: readonly string[];
}

/** What happened to every layer, and why. */
export class Report implements ReportData {
  readonly options: ReportData['options'];
  readonly totals: ReportData['totals'];
  readonly outputs: ReportData['outputs'];
  readonly mixedPrecision: ReportData['mixedPrecision'];
  readonly layers: ReportData['layers'];
  readonly floatNodes: ReportData['floatNodes'];
  readonly channels: ReportData['channels'];
  readonly passes: ReportData['passes'];
  readonly ops: ReportData['ops'];
  readonly notes: ReportData['notes'];

  constructor(data: ReportData) {
    this.options = data.options;
    this.totals = data.totals;
    this.outputs = data.outputs;
    this.mixedPrecision = data.mixedPrecision;
    this.layers = data.layers;
    this.floatNodes = data.floatNodes;
    this.channels = data.channels;
    this.passes = data.passes;
    this.ops = data.ops;
    this.notes = data.notes;
  }

  /**
   * The report of what {@link toJSON} gave.
   *
   * @throws DfqError for anything else
   */
  static fromJSON(json: unknown): Report {
    return new Report(reportFromJson(json));
  }

  toJSON(): ReportJson {
    return reportToJson({...this});
  }

  /** Totals, a line a layer with the worst ones marked, what stayed float, what each pass did. */
  toString(): string {
    return reportText(this);
  }
}
