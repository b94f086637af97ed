import {bytes, count, dB, percent} from './format.js';

/** A rounding that is done without, because it hurts the outputs. */
export interface RemovedSource {
  /** A tensor, or a layer whose filter it is. */
  readonly name: string;
  readonly kind: 'activations' | 'weights';
  /** What 8 bits leave of it, in dB. */
  readonly sqnr?: number;
}

/** What the search for layers to be kept float found, and what they cost. */
export interface MixedPrecision {
  /** The relative error of the outputs that was asked for. */
  readonly maxDrop: number;
  readonly sources: readonly RemovedSource[];
  /** The nodes that stay float for it; of layers, the linear ones. */
  readonly nodes: readonly string[];
  /** Of the outputs on held-out probe inputs, in dB: without these nodes float, and with; absent where exact. */
  readonly sqnr: {readonly before?: number; readonly after?: number};
  /** Multiply-accumulates that are done in float for it, for one sample. */
  readonly macs: number;
  /** By which the stored weights grow. */
  readonly bytes: number;
}

/** For a terminal: what was kept, what it brought, what it costs. */
export function mixedPrecisionText(mixed: MixedPrecision, totalMacs: number): string {
  const {nodes, sqnr, macs, bytes: added, maxDrop} = mixed;
  const asked = `relative error of the outputs at most ${maxDrop}`;
  if (nodes.length === 0) return `${asked}: nothing need stay float (${dB(sqnr.before)})`;
  const share = totalMacs > 0 ? ` (${percent(macs / totalMacs)})` : '';
  return (
    `${asked}: ${nodes.length} nodes stay float, ${dB(sqnr.before)} → ${dB(sqnr.after)}, ` +
    `for ${count(macs)} MACs in float${share} and ${bytes(added)} more of weights`
  );
}
