import {activate} from './activations.js';
import type {LayerScope} from './graph_builder.js';
import type {LayerCall, LayerTracer} from './layer_call.js';
import {channelsLast, toImage, toSequence} from './moves.js';
import type {Settings} from './settings.js';
import type {Traced} from './traced.js';

/** Dense layers and convolutions, in the form in which the converter writes them. */
export const LINEAR_LAYERS: Readonly<Record<string, LayerTracer>> = {
  Conv1D: conv1d,
  Conv2D: conv2d,
  Conv2DTranspose: conv2dTranspose,
  Dense: ({scope, settings, inputs: [x]}) => dense(scope, settings, x),
  DepthwiseConv2D: depthwiseConv2d,
  SeparableConv2D: separableConv2d,
};

interface Window {
  readonly size: readonly [number, number];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly padding: string;
}

/** Sliding window of a 1-D or 2-D layer; in one dimension the height is 1. */
export function windowOf(scope: LayerScope, settings: Settings, sizeKey: string, rank = 2): Window {
  const padding = settings.keyword('padding', 'valid').toUpperCase();
  if (padding !== 'VALID' && padding !== 'SAME') {
    scope.fail(`has padding '${padding.toLowerCase()}'; TensorFlow.js runs 'valid' and 'same'`);
  }
  const widen = (values: readonly number[]) => (rank === 1 ? [1, values[0]] : values);
  const size = widen(settings.numbers(sizeKey, rank, sizeKey === 'pool_size' ? 2 : undefined));
  // A pool's strides are its size unless it says otherwise.
  const stride = sizeKey === 'pool_size' ? size.slice(-rank) : 1;
  return {
    size: [size[0], size[1]],
    strides: widen(settings.numbers('strides', rank, stride)),
    dilations: widen(settings.numbers('dilation_rate', rank, 1)),
    padding,
  };
}

/** Places of the window along one axis. */
function outputSize(size: number, window: Window, axis: 0 | 1): number {
  if (size < 0) return -1;
  const reach = (window.size[axis] - 1) * window.dilations[axis];
  const covered = window.padding === 'SAME' ? size : size - reach;
  return Math.ceil(covered / window.strides[axis]);
}

export function windowShape({shape}: Traced, window: Window, channels: number): number[] {
  const [batch, height, width] = shape;
  return [batch, outputSize(height, window, 0), outputSize(width, window, 1), channels];
}

function windowAttrs({strides, dilations, padding}: Window) {
  return {
    strides: [1, ...strides, 1],
    dilations: [1, ...dilations, 1],
    padding,
    data_format: 'NHWC',
  };
}

/** Bias and activation behind a linear layer. */
function finish(scope: LayerScope, settings: Settings, x: Traced): Traced {
  const biased = settings.boolean('use_bias', true)
    ? scope.op('BiasAdd', [x, scope.weight('bias')], x.shape, {data_format: 'NHWC'})
    : x;
  return activate(scope, biased, settings.keyword('activation', 'linear'));
}

function conv2d({scope, settings, inputs: [x]}: LayerCall): Traced {
  settings.requireValue('groups', 1);
  return channelsLast(scope, x, settings.channelsFirst, y => {
    const conv = convolve(
      scope,
      y,
      scope.weight('kernel'),
      windowOf(scope, settings, 'kernel_size'),
    );
    return finish(scope, settings, conv);
  });
}

/** As a convolution of height 1, which has int8 kernels. */
function conv1d({scope, settings, inputs: [x]}: LayerCall): Traced {
  settings.requireValue('groups', 1);
  const window = windowOf(scope, settings, 'kernel_size', 1);
  const filter = scope.weight('kernel', [1, ...scope.weightShape('kernel')]);
  return channelsLast(scope, x, settings.channelsFirst, y =>
    toSequence(scope, finish(scope, settings, convolve(scope, toImage(scope, y), filter, window))),
  );
}

function convolve(scope: LayerScope, x: Traced, filter: string, window: Window): Traced {
  const channels = filterShape(scope, filter)[3];
  return scope.op('Conv2D', [x, filter], windowShape(x, window, channels), windowAttrs(window));
}

function filterShape(scope: LayerScope, filter: string): readonly number[] {
  return scope.builder.graph.constants.get(filter)?.shape ?? [];
}

function depthwiseConv2d(call: LayerCall): Traced {
  const {scope, settings, inputs} = call;
  // tfjs-layers itself leaves the dilation out of account: what it computes is not what was trained.
  if (settings.numbers('dilation_rate', 2, 1).some(rate => rate !== 1)) {
    scope.fail('is dilated, which TensorFlow.js ignores; build it without dilationRate');
  }
  return channelsLast(scope, inputs[0], settings.channelsFirst, y =>
    finish(scope, settings, depthwise(scope, settings, y)),
  );
}

function depthwise(scope: LayerScope, settings: Settings, x: Traced): Traced {
  const window = windowOf(scope, settings, 'kernel_size');
  const filter = scope.weight('depthwise_kernel');
  const [, , channels, multiplier] = filterShape(scope, filter);
  const shape = windowShape(x, window, channels * multiplier);
  const attrs = windowAttrs(window);
  return scope.op('DepthwiseConv2dNative', [x, filter], shape, attrs, 'depthwise');
}

/** A depthwise convolution, and a 1×1 convolution behind it. */
function separableConv2d({scope, settings, inputs: [x]}: LayerCall): Traced {
  const pointwise = {
    size: [1, 1],
    strides: [1, 1],
    dilations: [1, 1],
    padding: 'VALID',
  } as const;
  return channelsLast(scope, x, settings.channelsFirst, y => {
    const separate = depthwise(scope, settings, y);
    const conv = convolve(scope, separate, scope.weight('pointwise_kernel'), pointwise);
    return finish(scope, settings, conv);
  });
}

/**
 * Output size: stride · n for 'same', stride · n + max(kernel − stride, 0) for 'valid'. It is worked
 * out in the graph, so that batch and image may be of any size.
 */
function conv2dTranspose({scope, settings, inputs: [x]}: LayerCall): Traced {
  const window = windowOf(scope, settings, 'kernel_size');
  if (window.dilations.some(rate => rate !== 1))
    scope.fail('is dilated, which TensorFlow.js ignores');
  const filter = scope.weight('kernel');
  const channels = filterShape(scope, filter)[2];
  const overlap = window.size.map((size, i) =>
    window.padding === 'SAME' ? 0 : Math.max(size - window.strides[i], 0),
  );
  return channelsLast(scope, x, settings.channelsFirst, y => {
    const [batch, ...spatial] = y.shape.slice(0, 3);
    const sizes = spatial.map((n, i) => (n < 0 ? -1 : n * window.strides[i] + overlap[i]));
    const operands = [targetSize(scope, y, window.strides, [...overlap, channels]), filter, y];
    const shape = [batch, ...sizes, channels];
    const attrs = windowAttrs(window);
    const conv = scope.op('Conv2DBackpropInput', operands, shape, attrs, 'conv2d_transpose');
    return finish(scope, settings, {...conv, dtype: 'float32'});
  });
}

/** [n, h, w, c] ↦ [n, h · stride, w · stride, 0] + [0, …rest], as int32. */
function targetSize(
  scope: LayerScope,
  x: Traced,
  strides: readonly number[],
  rest: readonly number[],
): Traced {
  const sizes: Traced = {...scope.op('Shape', [x], [4]), dtype: 'int32'};
  const factors = scope.ints('Shape/factors', [1, ...strides, 0]);
  const product = scope.op('Mul', [sizes, factors], [4], {}, 'Shape/mul');
  return scope.op('AddV2', [product, scope.ints('Shape/rest', [0, ...rest])], [4], {}, 'Shape/add');
}

/**
 * MatMul of [batch, channels]. Tensors of higher rank are images to it, and it a 1×1 convolution:
 * all their sizes may be open, and nothing needs to be reshaped.
 */
export function dense(scope: LayerScope, settings: Settings, x: Traced): Traced {
  const [channels, units] = scope.weightShape('kernel');
  const filter = () => scope.weight('kernel', [1, 1, channels, units]);
  const window = {size: [1, 1], strides: [1, 1], dilations: [1, 1], padding: 'VALID'} as const;
  switch (x.shape.length) {
    case 2: {
      const product = scope.op('MatMul', [x, scope.weight('kernel')], [x.shape[0], units], {
        transpose_a: false,
        transpose_b: false,
      });
      return finish(scope, settings, product);
    }
    case 3:
      return toSequence(
        scope,
        finish(scope, settings, convolve(scope, toImage(scope, x), filter(), window)),
      );
    case 4:
      return finish(scope, settings, convolve(scope, x, filter(), window));
    default:
      return scope.fail(`takes a tensor of rank ${x.shape.length}; 2 to 4 can be traced`);
  }
}
