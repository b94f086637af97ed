import {decibels} from '../quant/decibels.js';

/** Channels with less power than this share of the mean one's don't count as worst: nothing depends on them. */
const NEGLIGIBLE_POWER = 1e-3;

export interface WorstChannel {
  readonly channel: number;
  /** dB */
  readonly sqnr: number;
}

/** How far a tensor is from what it should be, over all samples. */
export class TensorError {
  private dot = 0;
  private actualPower = 0;
  private readonly signal: Float64Array;
  private readonly noise: Float64Array;

  /** @param channels size of the last axis */
  constructor(private readonly channels: number) {
    this.signal = new Float64Array(channels);
    this.noise = new Float64Array(channels);
  }

  /** Both with channels last. */
  add(wanted: ArrayLike<number>, actual: ArrayLike<number>): void {
    const {channels, signal, noise} = this;
    for (let at = 0; at < wanted.length; at += channels) {
      for (let c = 0; c < channels; c++) {
        const [want, got] = [wanted[at + c], actual[at + c]];
        signal[c] += want * want;
        noise[c] += (got - want) ** 2;
        this.dot += want * got;
        this.actualPower += got * got;
      }
    }
  }

  /** Signal-to-noise ratio, dB. */
  get sqnr(): number {
    return decibels(sum(this.signal), sum(this.noise));
  }

  /** Of the angle between the two, as vectors; 1 where both are 0. */
  get cosine(): number {
    const length = Math.sqrt(sum(this.signal) * this.actualPower);
    return length === 0 ? 1 : this.dot / length;
  }

  /** The channel with the least SQNR, of those that carry a signal. */
  get worstChannel(): WorstChannel | undefined {
    const {signal, noise, channels} = this;
    const least = (NEGLIGIBLE_POWER * sum(signal)) / channels;
    let worst: WorstChannel | undefined;
    for (let channel = 0; channel < channels; channel++) {
      if (!(signal[channel] > least)) continue;
      const sqnr = decibels(signal[channel], noise[channel]);
      if (worst === undefined || sqnr < worst.sqnr) worst = {channel, sqnr};
    }
    return worst;
  }
}

function sum(values: Float64Array): number {
  return values.reduce((a, b) => a + b, 0);
}
