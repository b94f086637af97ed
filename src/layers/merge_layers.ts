import {scaled} from './activations.js';
import type {LayerScope} from './graph_builder.js';
import type {LayerCall, LayerTracer} from './layer_call.js';
import {reshape, toImage, toSequence, transpose} from './moves.js';
import {fromFront, range, type Shape, type Traced} from './traced.js';

/** Layers of several inputs. */
export const MERGE_LAYERS: Readonly<Record<string, LayerTracer>> = {
  Add: merge('AddV2'),
  Average: call => scaled(call.scope, merge('AddV2')(call), 1 / call.inputs.length),
  Concatenate: concatenate,
  Dot: dot,
  Maximum: merge('Maximum'),
  Minimum: merge('Minimum'),
  Multiply: merge('Mul'),
  Subtract: merge('Sub'),
};

/** Element by element, from left to right. */
function merge(op: string) {
  return ({scope, inputs}: LayerCall): Traced => {
    const asImages = inputs.every(({image}) => image !== undefined);
    const operands = asImages ? inputs.map(x => toImage(scope, x)) : sameRank(scope, inputs);
    const merged = operands.reduce((a, b) =>
      scope.op(op, [a, b], broadcast(scope, a.shape, b.shape)),
    );
    return asImages ? toSequence(scope, merged) : merged;
  };
}

/** tf.layers inserts axes of size 1 behind the batch where ranks differ. */
function sameRank(scope: LayerScope, inputs: readonly Traced[]): Traced[] {
  const rank = Math.max(...inputs.map(({shape}) => shape.length));
  return inputs.map(x => {
    const [batch, ...rest] = x.shape;
    return reshape(scope, x, [batch, ...Array<number>(rank - x.shape.length).fill(1), ...rest]);
  });
}

function broadcast(scope: LayerScope, a: Shape, b: Shape): Shape {
  return a.map((size, i) => {
    if (size !== b[i] && size > 1 && b[i] > 1) {
      scope.fail(`is given tensors of shapes [${a}] and [${b}], which do not fit`);
    }
    return size === 1 ? b[i] : b[i] === 1 ? size : Math.max(size, b[i]);
  });
}

function concatenate({scope, settings, inputs}: LayerCall): Traced {
  const [{shape}] = inputs;
  const axis = fromFront(settings.number('axis', -1), shape.length);
  const asImages = axis === 2 && inputs.every(({image}) => image !== undefined);
  if (!asImages) return concat(scope, inputs, axis);
  return toSequence(
    scope,
    concat(
      scope,
      inputs.map(x => toImage(scope, x)),
      axis + 1,
    ),
  );
}

/** Along one axis. */
export function concat(scope: LayerScope, inputs: readonly Traced[], axis: number): Traced {
  if (inputs.length === 1) return inputs[0];
  const sizes = inputs.map(({shape}) => shape[axis]);
  const total = sizes.some(size => size < 0) ? -1 : sizes.reduce((a, b) => a + b, 0);
  const shape = inputs[0].shape.map((size, i) => (i === axis ? total : size));
  const operands = [...inputs, scope.ints('concat/axis', [axis], [])];
  return scope.op('ConcatV2', operands, shape, {N: inputs.length}, 'concat');
}

/** Dot products of two batches of vectors or matrices along one axis of each. */
function dot({scope, settings, inputs}: LayerCall): Traced {
  if (inputs.length !== 2) scope.fail(`is given ${inputs.length} tensors, not 2`);
  if (inputs.some(({shape}) => shape.length > 3)) scope.fail('is given a tensor of rank above 3');
  const listed = settings.axes('axes', -1);
  const axes = inputs.map(({shape}, i) => fromFront(listed[i] ?? listed[0], shape.length));
  const normalize = settings.boolean('normalize', false);
  const [a, b] = inputs.map((x, i) => {
    const unit = normalize ? l2Normalize(scope, x, axes[i]) : x;
    return asMatrix(scope, unit, axes[i], i === 0 ? 2 : 1);
  });
  const shape = [a.shape[0], a.shape[1], b.shape[2]];
  const product = scope.op('BatchMatMulV2', [a, b], shape, {adj_x: false, adj_y: false});
  const kept = inputs.flatMap(({shape}, i) => shape.filter((_, k) => k > 0 && k !== axes[i]));
  return reshape(scope, product, [shape[0], ...(kept.length > 0 ? kept : [1])]);
}

/** [batch, …] with the axis of the sums at `position`; a vector is a matrix of one row or column. */
function asMatrix(scope: LayerScope, x: Traced, axis: number, position: 1 | 2): Traced {
  const [batch, size] = x.shape;
  if (x.shape.length === 2) {
    return reshape(scope, x, position === 2 ? [batch, 1, size] : [batch, size, 1]);
  }
  return axis === position ? x : transpose(scope, x, [0, 2, 1]);
}

/** x / √max(Σ x², 10⁻⁷) */
function l2Normalize(scope: LayerScope, x: Traced, axis: number): Traced {
  const sumShape = x.shape.map((size, i) => (i === axis ? 1 : size));
  const axes = scope.ints('l2_normalize/axis', range(axis, axis + 1));
  const square = scope.op('Square', [x], x.shape);
  const sum = scope.op('Sum', [square, axes], sumShape, {keep_dims: true});
  const least = scope.scalar('l2_normalize/epsilon', 1e-7);
  const floor = scope.op('Maximum', [sum, least], sumShape);
  return scope.op('Mul', [x, scope.op('Rsqrt', [floor], sumShape)], x.shape);
}
