import type {LayerScope} from './graph_builder.js';
import {elementwise, transpose} from './moves.js';
import {fromFront, type Shape, type Traced} from './traced.js';

type Tracer = (scope: LayerScope, x: Traced) => Traced;

const unary =
  (op: string): Tracer =>
  (scope, x) =>
    scope.op(op, [x], x.shape);

/** The activations of tf.layers, by their name without underscores and case. */
const ACTIVATIONS: Readonly<Record<string, Tracer>> = {
  linear: (_, x) => x,
  relu: unary('Relu'),
  relu6: unary('Relu6'),
  elu: unary('Elu'),
  selu: unary('Selu'),
  sigmoid: unary('Sigmoid'),
  tanh: unary('Tanh'),
  softplus: unary('Softplus'),
  exponential: unary('Exp'),
  softmax: (scope, x) => softmax(scope, x),
  logsoftmax: (scope, x) => softmax(scope, x, -1, 'LogSoftmax'),
  hardsigmoid: hardSigmoid,
  softsign: (scope, x) => scope.op('RealDiv', [x, plus(scope, unary('Abs')(scope, x), 1)], x.shape),
  swish,
  silu: swish,
  mish: (scope, x) => times(scope, x, unary('Tanh')(scope, unary('Softplus')(scope, x))),
  gelu,
  gelunew: geluByTanh,
};

/** @throws DfqError for a name that tf.layers has not */
export function activate(scope: LayerScope, x: Traced, name: string): Traced {
  const tracer = ACTIVATIONS[name];
  if (tracer === undefined) {
    scope.fail(
      `has the activation '${name}', which tf.layers has not; use one of ${Object.keys(ACTIVATIONS).join(', ')}`,
    );
  }
  if (name === 'linear') return x;
  return name.endsWith('softmax') ? tracer(scope, x) : elementwise(scope, x, y => tracer(scope, y));
}

/** Softmax over any axis; the op itself knows the last one only. */
export function softmax(scope: LayerScope, x: Traced, axis = -1, op = 'Softmax'): Traced {
  const last = x.shape.length - 1;
  const perm = swapped(x.shape, fromFront(axis, x.shape.length), last);
  const moved = transpose(scope, x, perm);
  return transpose(scope, scope.op(op, [moved], moved.shape), perm);
}

function swapped(shape: Shape, a: number, b: number): number[] {
  return shape.map((_, i) => (i === a ? b : i === b ? a : i));
}

/** min(max(0.2 x + 0.5, 0), 1) */
function hardSigmoid(scope: LayerScope, x: Traced): Traced {
  const line = plus(scope, scaled(scope, x, 0.2), 0.5);
  const bounds = [scope.scalar('clip_by_value/min', 0), scope.scalar('clip_by_value/max', 1)];
  return scope.op('ClipByValue', [line, ...bounds], x.shape, {}, 'clip_by_value');
}

/** x · sigmoid(x) */
function swish(scope: LayerScope, x: Traced): Traced {
  return times(scope, x, unary('Sigmoid')(scope, x));
}

/** x · ½ (1 + erf(x / √2)) */
function gelu(scope: LayerScope, x: Traced): Traced {
  const erf = unary('Erf')(scope, scaled(scope, x, Math.SQRT1_2));
  return times(scope, x, scaled(scope, plus(scope, erf, 1), 0.5));
}

/** x · ½ (1 + tanh(√(2/π) (x + 0.044715 x³))) */
function geluByTanh(scope: LayerScope, x: Traced): Traced {
  const cube = times(scope, x, unary('Square')(scope, x));
  const inner = scope.op('AddV2', [x, scaled(scope, cube, 0.044715)], x.shape);
  const tanh = unary('Tanh')(scope, scaled(scope, inner, Math.sqrt(2 / Math.PI)));
  return times(scope, x, scaled(scope, plus(scope, tanh, 1), 0.5));
}

export function times(scope: LayerScope, a: Traced, b: Traced): Traced {
  return scope.op('Mul', [a, b], a.shape);
}

export function scaled(scope: LayerScope, x: Traced, factor: number): Traced {
  return scope.op('Mul', [x, scope.scalar('mul/y', factor)], x.shape);
}

export function plus(scope: LayerScope, x: Traced, offset: number): Traced {
  return scope.op('AddV2', [x, scope.scalar('add/y', offset)], x.shape);
}
