import type {LayerScope} from './graph_builder.js';
import type {LayerCall, LayerTracer} from './layer_call.js';
import {channelsLast} from './moves.js';
import type {Traced} from './traced.js';

/** Layers that resize and cut images. */
export const IMAGE_LAYERS: Readonly<Record<string, LayerTracer>> = {
  CenterCrop: centerCrop,
  Resizing: resizing,
  UpSampling2D: upSampling2d,
};

const RESIZES: Readonly<Record<string, string>> = {
  bilinear: 'ResizeBilinear',
  nearest: 'ResizeNearestNeighbor',
};

interface Target {
  /** The sizes, or where the graph works them out. */
  readonly size: string | Traced;
  readonly height: number;
  readonly width: number;
}

function resize(
  scope: LayerScope,
  x: Traced,
  interpolation: string,
  {size, height, width}: Target,
  alignCorners: boolean,
): Traced {
  const op = RESIZES[interpolation];
  if (op === undefined) {
    scope.fail(
      `interpolates by '${interpolation}'; TensorFlow.js runs ${Object.keys(RESIZES).join(', ')}`,
    );
  }
  const shape = [x.shape[0], height, width, x.shape[3]];
  const attrs = {align_corners: alignCorners, half_pixel_centers: false};
  return scope.op(op, [x, size], shape, attrs);
}

/** tf.layers aligns corners unless it crops to the aspect ratio. */
function resizing({scope, settings, inputs: [x]}: LayerCall): Traced {
  const [height, width] = [settings.number('height'), settings.number('width')];
  const size = scope.ints('resize/size', [height, width]);
  const alignCorners = !settings.boolean('crop_to_aspect_ratio', false);
  const interpolation = settings.keyword('interpolation', 'bilinear');
  return resize(scope, x, interpolation, {size, height, width}, alignCorners);
}

function upSampling2d({scope, settings, inputs: [given]}: LayerCall): Traced {
  const factors = settings.numbers('size', 2, 2);
  const interpolation = settings.keyword('interpolation', 'nearest');
  return channelsLast(scope, given, settings.channelsFirst, x => {
    const [height, width] = [1, 2].map(i => (x.shape[i] < 0 ? -1 : x.shape[i] * factors[i - 1]));
    const isOpen = height < 0 || width < 0;
    const size = isOpen ? timesSize(scope, x, factors) : scope.ints('resize/size', [height, width]);
    return resize(scope, x, interpolation, {size, height, width}, false);
  });
}

/** Height and width times `factors`, as int32. */
function timesSize(scope: LayerScope, x: Traced, factors: readonly number[]): Traced {
  const shape: Traced = {...scope.op('Shape', [x], [4]), dtype: 'int32'};
  const bounds = [scope.ints('Shape/begin', [1]), scope.ints('Shape/size', [2])];
  const sizes = scope.op('Slice', [shape, ...bounds], [2], {}, 'Shape/spatial');
  return scope.op('Mul', [sizes, scope.ints('Shape/factors', factors)], [2], {}, 'Shape/mul');
}

/** The middle of an image; of an image that is too small, all of it, resized. */
function centerCrop({scope, settings, inputs: [x]}: LayerCall): Traced {
  const [height, width] = [settings.number('height'), settings.number('width')];
  const [, rows, columns] = x.shape;
  if (rows < 0 || columns < 0) scope.fail('is given images of open size; fix the inputShape');
  const top = Math.floor((rows - height) / 2);
  // As in tfjs-layers, which never cuts a narrow border at the right alone.
  const left = columns === width ? 0 : Math.floor((columns - width) / 2) || 1;
  if (top < 0 || left < 0) {
    const size = scope.ints('resize/size', [height, width]);
    return resize(scope, x, 'bilinear', {size, height, width}, false);
  }
  const cut = gather(scope, x, 1, croppedIndices(top, height, rows));
  return gather(scope, cut, 2, croppedIndices(left, width, columns));
}

/** What cropAndResize takes for a box of [start, start + size) / total: positions over total − 1. */
function croppedIndices(start: number, size: number, total: number): number[] {
  const first = Math.fround(start / total);
  const last = Math.fround((start + size) / total);
  const step = size > 1 ? ((last - first) * (total - 1)) / (size - 1) : 0;
  const begin = size > 1 ? first * (total - 1) : 0.5 * (first + last) * (total - 1);
  return Array.from({length: size}, (_, i) => Math.round(begin + i * step));
}

function gather(scope: LayerScope, x: Traced, axis: number, indices: readonly number[]): Traced {
  const shape = x.shape.map((size, i) => (i === axis ? indices.length : size));
  const name = `crop_${axis}`;
  const operands = [
    x,
    scope.ints(`${name}/indices`, indices),
    scope.ints(`${name}/axis`, [axis], []),
  ];
  return scope.op('GatherV2', operands, shape, {batch_dims: 0}, name);
}
