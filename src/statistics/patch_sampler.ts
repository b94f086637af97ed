import {numbersAttr, stringAttr} from '../graph/attributes.js';
import type {Layer} from '../graph/layer.js';
import {randomSource} from './random.js';

/** Positions of the output that are looked at for each input of the model. */
const POSITIONS = 96;

/** One axis of a sliding window. */
interface Axis {
  readonly size: number;
  readonly taps: number;
  readonly stride: number;
  readonly dilation: number;
  /** Zeros in front. */
  readonly before: number;
  /** Places of the window. */
  readonly places: number;
}

/**
 * What a layer multiplies its weights with: the patch under its window, at random places, the same in
 * every run.
 */
export class PatchSampler {
  private readonly random = randomSource(1);
  private readonly patch: Float32Array;

  constructor(private readonly layer: Layer) {
    const {kind, filter, inChannels} = layer;
    const taps = kind === 'matmul' ? 1 : filter.shape[0] * filter.shape[1];
    this.patch = new Float32Array(taps * inChannels);
  }

  /**
   * @param values of the layer's input
   * @param visit gets [taps, inChannels]; valid during the call
   */
  forEach(
    values: ArrayLike<number>,
    shape: readonly number[],
    visit: (patch: Float32Array) => void,
  ): void {
    const {inChannels, kind} = this.layer;
    if (kind === 'matmul') {
      this.places(values.length / inChannels, row => {
        for (let c = 0; c < inChannels; c++) this.patch[c] = values[row * inChannels + c];
        visit(this.patch);
      });
      return;
    }
    const [y, x] = this.axes(shape);
    this.places(shape[0] * y.places * x.places, place => {
      this.read(values, place, y, x);
      visit(this.patch);
    });
  }

  private places(count: number, visit: (place: number) => void): void {
    for (let i = 0; i < Math.min(count, POSITIONS); i++) {
      visit(count <= POSITIONS ? i : Math.floor(this.random() * count));
    }
  }

  private axes(shape: readonly number[]): Axis[] {
    const {attrs} = this.layer.node;
    const strides = numbersAttr(attrs, 'strides', [1, 1, 1, 1]);
    const dilations = numbersAttr(attrs, 'dilations', [1, 1, 1, 1]);
    const explicit = numbersAttr(attrs, 'explicit_paddings', []);
    const padding = stringAttr(attrs, 'padding', 'VALID');
    return [1, 2].map(axis => {
      const [size, stride, dilation] = [shape[axis], strides[axis], dilations[axis]];
      const taps = this.layer.filter.shape[axis - 1];
      const extent = (taps - 1) * dilation + 1;
      if (padding === 'SAME') {
        const places = Math.ceil(size / stride);
        const before = Math.floor(Math.max((places - 1) * stride + extent - size, 0) / 2);
        return {size, taps, stride, dilation, before, places};
      }
      const [before, after] = [explicit[2 * axis] ?? 0, explicit[2 * axis + 1] ?? 0];
      const places = Math.floor((size + before + after - extent) / stride) + 1;
      return {size, taps, stride, dilation, before, places};
    });
  }

  private read(values: ArrayLike<number>, place: number, y: Axis, x: Axis): void {
    const {inChannels} = this.layer;
    const column = place % x.places;
    const row = Math.floor(place / x.places) % y.places;
    const image = Math.floor(place / x.places / y.places);
    for (let i = 0, to = 0; i < y.taps; i++) {
      for (let j = 0; j < x.taps; j++, to += inChannels) {
        const [top, left] = [at(y, row, i), at(x, column, j)];
        const inside = top >= 0 && top < y.size && left >= 0 && left < x.size;
        const from = ((image * y.size + top) * x.size + left) * inChannels;
        for (let c = 0; c < inChannels; c++) this.patch[to + c] = inside ? values[from + c] : 0;
      }
    }
  }
}

function at({stride, before, dilation}: Axis, place: number, tap: number): number {
  return place * stride - before + tap * dilation;
}
