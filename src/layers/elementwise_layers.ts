import {float} from '../graph/attributes.js';
import {activate, plus, scaled, softmax, times} from './activations.js';
import type {LayerCall, LayerTracer} from './layer_call.js';
import {elementwise} from './moves.js';
import {elementCount, type Traced} from './traced.js';

/** Layers that act on each element alone. */
export const ELEMENTWISE_LAYERS: Readonly<Record<string, LayerTracer>> = {
  Activation: ({scope, settings, inputs: [x]}) =>
    activate(scope, x, settings.keyword('activation', 'linear')),
  ELU: ({scope, settings, inputs: [x]}) => {
    settings.requireValue('alpha', 1);
    return activate(scope, x, 'elu');
  },
  LeakyReLU: ({scope, settings, inputs: [x]}) =>
    leakyRelu(scope, x, settings.number('alpha', settings.number('negative_slope', 0.3))),
  PReLU: prelu,
  ReLU: relu,
  Rescaling: rescaling,
  Softmax: softmaxLayer,
  ThresholdedReLU: ({scope, settings, inputs: [x]}) => {
    const theta = scope.scalar('theta', settings.number('theta', 1));
    const isLarge = {...scope.op('Greater', [x, theta], x.shape), dtype: 'bool' as const};
    return times(scope, x, scope.cast(isLarge, 'float32'));
  },
};

function leakyRelu(scope: LayerCall['scope'], x: Traced, slope: number): Traced {
  return elementwise(scope, x, y => scope.op('LeakyRelu', [y], y.shape, {alpha: float(slope)}));
}

/** max(x, 0), with a cap, or with a slope below 0. */
function relu({scope, settings, inputs: [x]}: LayerCall): Traced {
  settings.requireValue('threshold', 0);
  const slope = settings.number('negative_slope', 0);
  const cap = settings.config['max_value'] ?? undefined;
  if (slope !== 0) {
    if (cap !== undefined) scope.fail('has both max_value and negative_slope; split it in two');
    return leakyRelu(scope, x, slope);
  }
  if (cap === undefined) return activate(scope, x, 'relu');
  if (Number(cap) === 6) return activate(scope, x, 'relu6');
  return elementwise(scope, x, y => {
    const positive = scope.op('Relu', [y], y.shape);
    return scope.op('Minimum', [positive, scope.scalar('Minimum/y', Number(cap))], y.shape);
  });
}

/** The slope differs from channel to channel, and from place to place where axes are not shared. */
function prelu({scope, inputs: [x]}: LayerCall): Traced {
  const shape = scope.weightShape('alpha');
  const isPerChannel = elementCount(shape.slice(0, -1)) === 1;
  const slope = scope.weight('alpha', isPerChannel ? shape.slice(-1) : shape);
  const work = (y: Traced) => scope.op('Prelu', [y, slope], y.shape);
  return isPerChannel ? elementwise(scope, x, work) : work(x);
}

function softmaxLayer({scope, settings, inputs: [x]}: LayerCall): Traced {
  if (x.masked) scope.fail('is given a mask; leave Masking and maskZero out');
  const axes = settings.axes('axis', 1);
  if (axes.length !== 1) scope.fail('is over several axes; name one');
  return softmax(scope, x, axes[0]);
}

function rescaling({scope, settings, inputs: [x]}: LayerCall): Traced {
  const product = scaled(scope, scope.cast(x, 'float32'), settings.number('scale'));
  const offset = settings.number('offset', 0);
  return offset === 0 ? product : plus(scope, product, offset);
}
