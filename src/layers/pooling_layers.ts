import type {LayerCall, LayerTracer} from './layer_call.js';
import {windowOf, windowShape} from './linear_layers.js';
import {channelsLast, reshape, toImage, toSequence} from './moves.js';
import {range, type Traced} from './traced.js';

/** Pools, over windows and over whole images. */
export const POOLING_LAYERS: Readonly<Record<string, LayerTracer>> = {
  AveragePooling1D: pool1d('AvgPool'),
  AveragePooling2D: pool2d('AvgPool'),
  GlobalAveragePooling1D: globalPool('Mean'),
  GlobalAveragePooling2D: globalPool('Mean'),
  GlobalMaxPooling1D: globalPool('Max'),
  GlobalMaxPooling2D: globalPool('Max'),
  MaxPooling1D: pool1d('MaxPool'),
  MaxPooling2D: pool2d('MaxPool'),
};

function pool(op: string, {scope, settings}: LayerCall, x: Traced, rank: 1 | 2): Traced {
  const window = windowOf(scope, settings, 'pool_size', rank);
  return scope.op(op, [x], windowShape(x, window, x.shape[3]), {
    ksize: [1, ...window.size, 1],
    strides: [1, ...window.strides, 1],
    padding: window.padding,
    data_format: 'NHWC',
  });
}

function pool2d(op: string): LayerTracer {
  return call => {
    const {scope, settings, inputs} = call;
    return channelsLast(scope, inputs[0], settings.channelsFirst, x => pool(op, call, x, 2));
  };
}

function pool1d(op: string): LayerTracer {
  return call => {
    const {scope, settings, inputs} = call;
    return channelsLast(scope, inputs[0], settings.channelsFirst, x =>
      toSequence(scope, pool(op, call, toImage(scope, x), 1)),
    );
  };
}

/** Over all axes but batch and channels. */
function globalPool(op: string): LayerTracer {
  return ({scope, settings, inputs: [given]}) => {
    const {channelsFirst} = settings;
    const x = given.shape.length === 3 && !channelsFirst ? toImage(scope, given) : given;
    const axes = channelsFirst ? range(2, x.shape.length) : range(1, x.shape.length - 1);
    const shape = x.shape.filter((_, axis) => !axes.includes(axis));
    const operands = [x, scope.ints(`${op}/reduction_indices`, axes)];
    const pooled = scope.op(op, operands, shape, {keep_dims: false});
    if (!settings.boolean('keepdims', false)) return pooled;
    const ones = Array<number>(given.shape.length - 2).fill(1);
    return reshape(scope, pooled, [
      shape[0],
      ...(channelsFirst ? [shape[1], ...ones] : [...ones, shape[1]]),
    ]);
  };
}
