import type {Int8Op} from '../ops.js';
import {INT8_OPERANDS} from '../ops.js';
import type {Graph} from '../graph/graph.js';
import type {PassOptions} from '../passes/pass.js';
import type {PassRecord, PipelineResult} from '../passes/pipeline.js';
import type {StatisticsSource} from '../statistics/tensor_statistics.js';

export interface LayerReport {
  readonly name: string;
  readonly op: string;
  readonly decision: 'int8' | 'float';
  /** Why it stayed float. */
  readonly reason?: string;
  /** Where the statistics of its input came from. */
  readonly statistics?: StatisticsSource;
  /** Signal-to-noise ratio of its integer weights, in dB; absent where they are exact. */
  readonly weightSqnr?: number;
}

export interface ReportData {
  readonly options: Omit<PassOptions, 'probe'>;
  /** Linear layers, in the order of the graph. */
  readonly layers: readonly LayerReport[];
  readonly passes: readonly PassRecord[];
  /** How many nodes of each op the result has. */
  readonly ops: Readonly<Record<string, number>>;
  /** Assumptions that the caller should know of. */
  readonly notes: readonly string[];
}

/** What happened to every layer, and why. */
export class Report implements ReportData {
  readonly options: ReportData['options'];
  readonly layers: ReportData['layers'];
  readonly passes: ReportData['passes'];
  readonly ops: ReportData['ops'];
  readonly notes: ReportData['notes'];

  constructor(data: ReportData) {
    this.options = data.options;
    this.layers = data.layers;
    this.passes = data.passes;
    this.ops = data.ops;
    this.notes = data.notes;
  }

  toJSON(): ReportData {
    const {options, layers, passes, ops, notes} = this;
    return {options, layers, passes, ops, notes};
  }

  toString(): string {
    const int8 = this.layers.filter(({decision}) => decision === 'int8').length;
    const lines = [`${int8} of ${this.layers.length} layers are int8`, ...this.notes, ''];
    lines.push(...this.layers.map(layerLine));
    for (const {pass, rewrites} of this.passes) {
      const done = rewrites.filter(rewrite => rewrite.done);
      const left = rewrites.filter(rewrite => !rewrite.done);
      if (rewrites.length === 0) continue;
      lines.push('', `${pass}: ${done.length} done, ${left.length} left alone`);
      for (const {node, text} of left) lines.push(`  ${node}: ${text}`);
    }
    return lines.join('\n');
  }
}

function layerLine({name, decision, reason, statistics, weightSqnr}: LayerReport): string {
  if (decision === 'float') return `  float  ${name}: ${reason ?? ''}`;
  const weights = weightSqnr === undefined ? 'exact' : `at ${weightSqnr.toFixed(1)} dB`;
  return `  int8   ${name}: weights ${weights}, input statistics from ${statistics ?? 'nowhere'}`;
}

/** Op histogram, most frequent first; constants are left out. */
export function opHistogram(graph: Graph): Record<string, number> {
  const counts = new Map<string, number>();
  for (const {op} of graph.nodes) if (op !== 'Const') counts.set(op, (counts.get(op) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)));
}

/** The decision on each linear layer. */
export function layerReports({records, plan}: PipelineResult): LayerReport[] {
  const rewrites = records.flatMap(record => record.rewrites);
  return [...plan.layers].map(([name, {op, inputs}]): LayerReport => {
    const own = rewrites.filter(({node}) => node === name);
    if (own.some(({done, text}) => done && text === 'int8')) {
      const sqnr = plan.filters.get(name)?.sqnr;
      const weightSqnr = Number.isFinite(sqnr) ? Number(sqnr?.toFixed(1)) : undefined;
      const statistics = plan.statistics.get(inputs[0])?.source;
      return {name, op, decision: 'int8', statistics, weightSqnr};
    }
    const reason = own.find(({done}) => !done)?.text;
    return {name, op, decision: 'float', reason: reason ?? 'lower-to-int8 is off'};
  });
}

export function isInt8Op(op: string): op is Int8Op {
  return op in INT8_OPERANDS;
}
