import type {ChannelStep, ChannelSums, ErrorSums, RealGrid, StatisticsLoops} from '../ops.js';
import {dequantizeValue, quantizeValue} from '../quant/quant_params.js';

/** Positions summed at a time: few enough to stay in the processor's cache. */
const BLOCK = 64;

/** Values whose powers are summed at a time, every fourth of them by itself. */
const ERROR_BLOCK = 4096;
const LANES = 4;

/** The definition of {@link StatisticsLoops}, in plain TypeScript. */
export const scalarLoops: StatisticsLoops = {
  addMoments,
  applySteps,
  addRows,
  maskAbove,
  addMasked,
  addErrors(reference, actual, sums) {
    addErrorsOf(reference, i => actual[i], sums);
  },
  addGridErrors(reference, grid, sums) {
    addErrorsOf(reference, i => onGrid(reference[i], grid), sums);
  },
};

function addMoments(values: Float32Array, sums: ChannelSums): void {
  const block = BLOCK * sums.sum.length;
  for (let from = 0; from < values.length; from += block) {
    addBlock(values, sums, from, Math.min(from + block, values.length));
  }
}

function applySteps(
  x: Float32Array,
  y: Float32Array,
  _: number,
  steps: readonly ChannelStep[],
): void {
  y.set(x);
  for (const {op, values, sums} of steps) {
    const period = values.length;
    for (let i = 0; i < y.length; i++) y[i] = stepped(y[i], op, values[i % period]);
    if (sums !== undefined) addMoments(y, sums);
  }
}

function stepped(x: number, op: ChannelStep['op'], value: number): number {
  if (op === 'add') return x + value;
  return (op === 'minimum' ? value < x : x < value) ? value : x;
}

/** Channel by channel: running values stay in registers, which is twice as fast as row by row. */
function addBlock(
  values: Float32Array,
  {sum, squares, min, max}: ChannelSums,
  from: number,
  to: number,
): void {
  const channels = sum.length;
  for (let c = 0; c < channels; c++) {
    let total = 0;
    let squared = 0;
    let low = min[c];
    let high = max[c];
    for (let i = from + c; i < to; i += channels) {
      const x = values[i];
      total += x;
      squared += x * x;
      if (x < low) low = x;
      if (x > high) high = x;
    }
    sum[c] += total;
    squares[c] += squared;
    min[c] = low;
    max[c] = high;
  }
}

function addRows(values: Float32Array, sums: Float64Array): void {
  for (let i = 0; i < values.length;) {
    for (let c = 0; c < sums.length; c++, i++) sums[c] += values[i];
  }
}

/**
 * What a ReLU lets through no processor can foretell: branches would cost three times what the rest does, here and in
 * addMasked.
 */
function maskAbove(values: Float32Array, bounds: Float32Array, counts: Int32Array): Uint8Array {
  const channels = bounds.length;
  const mask = new Uint8Array((values.length / channels) * Math.ceil(channels / 8));
  for (let i = 0, at = 0; i < values.length;) {
    for (let c = 0; c < channels; at++) {
      const end = Math.min(c + 8, channels);
      let bits = 0;
      for (let place = 0; c < end; c++, i++, place++) {
        const bit = Number(values[i] > bounds[c]);
        bits |= bit << place;
        counts[c] += bit;
      }
      mask[at] = bits;
    }
  }
  return mask;
}

function addMasked(values: Float32Array, mask: Uint8Array, sums: Float64Array): void {
  const channels = sums.length;
  // First the sums of values whose bit is 0, then of those whose bit is 1.
  const both = new Float64Array(2 * channels);
  both.set(sums, channels);
  for (let i = 0, at = 0; i < values.length;) {
    for (let c = 0; c < channels; at++) {
      const end = Math.min(c + 8, channels);
      for (let bits = mask[at]; c < end; c++, i++, bits >>= 1)
        both[c + (bits & 1) * channels] += values[i];
    }
  }
  sums.set(both.subarray(channels));
}

function onGrid(x: number, grid: RealGrid): number {
  return dequantizeValue(quantizeValue(x, grid, grid), grid);
}

/** @param actual gives the value at a place */
function addErrorsOf(
  reference: Float32Array,
  actual: (place: number) => number,
  sums: ErrorSums,
): void {
  for (let from = 0; from < reference.length; from += ERROR_BLOCK) {
    const signal = new Float64Array(LANES);
    const noise = new Float64Array(LANES);
    const to = Math.min(from + ERROR_BLOCK, reference.length);
    for (let i = from; i < to; i++) {
      const wanted = reference[i];
      if (!Number.isFinite(wanted)) continue;
      const error = actual(i) - wanted;
      signal[i % LANES] += wanted * wanted;
      noise[i % LANES] += error * error;
    }
    sums.signal += total(signal);
    sums.noise += total(noise);
  }
}

function total([a, b, c, d]: Float64Array): number {
  return a + c + (b + d);
}
