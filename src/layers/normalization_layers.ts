import {float} from '../graph/attributes.js';
import type {LayerScope} from './graph_builder.js';
import type {LayerCall, LayerTracer} from './layer_call.js';
import {reshape, toImage, toSequence, transpose} from './moves.js';
import type {Settings} from './settings.js';
import {fromFront, type Shape, type Traced} from './traced.js';

/** Batch norm stays one node, from which later passes take β and γ. */
export const NORMALIZATION_LAYERS: Readonly<Record<string, LayerTracer>> = {
  BatchNormalization: ({scope, settings, inputs: [x]}) => batchNorm(scope, settings, x),
  LayerNormalization: layerNorm,
};

function batchNorm(scope: LayerScope, settings: Settings, x: Traced): Traced {
  const rank = x.shape.length;
  const axis = fromFront(settings.axes('axis', -1)[0], rank);
  if (settings.axes('axis', -1).length > 1) scope.fail('is over several axes; name one');
  if (rank > 4) scope.fail(`takes a tensor of rank ${rank}; 2 to 4 can be traced`);
  if (axis !== rank - 1) {
    const perm = [...x.shape.keys()].filter(i => i !== axis).concat(axis);
    const inverse = perm.map((_, i) => perm.indexOf(i));
    return transpose(scope, normalize(scope, settings, transpose(scope, x, perm)), inverse);
  }
  return normalize(scope, settings, x);
}

/** Over the last axis. */
function normalize(scope: LayerScope, settings: Settings, x: Traced): Traced {
  if (x.shape.length === 3) {
    return toSequence(scope, normalize(scope, settings, toImage(scope, x)));
  }
  const channels = scope.weightShape('moving_mean')[0];
  const fixed = (name: string, value: number) =>
    scope.floats(name, new Float32Array(channels).fill(value));
  const operands = [
    settings.boolean('scale', true) ? scope.weight('gamma') : fixed('gamma', 1),
    settings.boolean('center', true) ? scope.weight('beta') : fixed('beta', 0),
    scope.weight('moving_mean'),
    scope.weight('moving_variance'),
  ];
  const attrs = {
    epsilon: float(settings.number('epsilon', 1e-3)),
    data_format: 'NHWC',
    is_training: false,
  };
  const apply = (y: Traced) => scope.op('FusedBatchNormV3', [y, ...operands], y.shape, attrs);
  if (x.shape.length === 4 || isSum(scope, x)) return apply(x);
  const [batch, size] = x.shape;
  return reshape(scope, apply(reshape(scope, x, [batch, 1, 1, size])), [batch, size]);
}

/** Is it the sum of a MatMul, into which the batch norm will be folded? */
function isSum(scope: LayerScope, x: Traced): boolean {
  const {op} = scope.builder.graph.node(x.ref.split(':')[0]);
  return op === 'MatMul' || op === 'BiasAdd';
}

/** γ (x − mean) / √(variance + ε) + β, mean and variance over the axes of one sample. */
function layerNorm({scope, settings, inputs: [x]}: LayerCall): Traced {
  const axes = settings.axes('axis', -1).map(axis => fromFront(axis, x.shape.length));
  const reduced = x.shape.map((size, i) => (axes.includes(i) ? 1 : size));
  const parameterShape = x.shape.map((size, i) => (axes.includes(i) ? size : 1));
  const mean = (y: Traced, name: string) => {
    const operands = [y, scope.ints(`${name}/reduction_indices`, axes)];
    return scope.op('Mean', operands, reduced, {keep_dims: true}, name);
  };
  const centred = scope.op('Sub', [x, mean(x, 'moments/mean')], x.shape);
  const variance = mean(scope.op('Square', [centred], x.shape), 'moments/variance');
  const epsilon = scope.scalar('batchnorm/add/y', settings.number('epsilon', 1e-3));
  const sum = scope.op('AddV2', [variance, epsilon], reduced, {}, 'batchnorm/add');
  const factor = scope.op('Rsqrt', [sum], reduced, {}, 'batchnorm/Rsqrt');
  const unit = scope.op('Mul', [centred, factor], x.shape, {}, 'batchnorm/mul');
  return affine(scope, settings, unit, trimmed(parameterShape));
}

/** Without leading ones, which broadcast by themselves. */
function trimmed(shape: Shape): Shape {
  const first = shape.findIndex(size => size !== 1);
  return first < 0 ? [1] : shape.slice(first);
}

function affine(scope: LayerScope, settings: Settings, x: Traced, shape: Shape): Traced {
  const scaled = settings.boolean('scale', true)
    ? scope.op('Mul', [x, scope.weight('gamma', shape)], x.shape, {}, 'batchnorm/gamma_mul')
    : x;
  return settings.boolean('center', true)
    ? scope.op('AddV2', [scaled, scope.weight('beta', shape)], x.shape, {}, 'batchnorm/beta_add')
    : scaled;
}
