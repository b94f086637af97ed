import type {GraphModel} from '@tensorflow/tfjs-converter';
import type {Backend} from '../backends.js';

/** How good a model is. */
export interface Measurement {
  /** Percentage of images whose first class is their label; null without labels. */
  readonly top1: number | null;
  /** Percentage of inputs whose first class is the float model's; null where it has no classes. */
  readonly agreement: number | null;
  /** Signal-to-noise ratio of the outputs against the float model's, dB. */
  readonly sqnr: number;
}

/** Measures candidates on the same inputs. What the float model says to them is computed once. */
export interface Yardstick {
  /** On what: '650 images'. */
  readonly inputs: string;
  /** How many steps one measurement reports. */
  readonly steps: number;
  readonly float: Measurement;
  measure(
    model: GraphModel,
    backend: Backend,
    onStep: (done: number) => void,
  ): Promise<Measurement>;
}

/** The figure that a study is about: accuracy, else agreement, else signal to noise. */
export type Metric = keyof Measurement;

export const METRIC_LABELS: Readonly<Record<Metric, string>> = {
  top1: 'top-1 (%)',
  agreement: 'agreement with float (%)',
  sqnr: 'output SQNR (dB)',
};

export function metricOf({top1, agreement}: Measurement): Metric {
  if (top1 !== null) return 'top1';
  return agreement !== null ? 'agreement' : 'sqnr';
}

/** JSON has no infinity: without noise null. */
export function toJson({top1, agreement, sqnr}: Measurement) {
  return {top1, agreement, sqnr: Number.isFinite(sqnr) ? sqnr : null};
}
