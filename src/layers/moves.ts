import type {LayerScope} from './graph_builder.js';
import {elementCount, range, type Shape, type Traced} from './traced.js';

/** @throws DfqError where more than one size is open */
export function reshape(scope: LayerScope, x: Traced, shape: Shape): Traced {
  const target = resolved(x.shape, shape);
  if (target.join() === x.shape.join()) return x;
  if (target.filter(size => size < 0).length > 1) {
    scope.fail(`reshapes to [${target}], where sizes are open; give the model a fixed inputShape`);
  }
  // An image of height 1 has the same values in the same order, and needs no squeeze.
  const source = x.image ?? x;
  return scope.op('Reshape', [source, scope.ints('Reshape/shape', target)], target);
}

/** The target with its open size worked out where the source has none. */
function resolved(source: Shape, target: Shape): Shape {
  const total = elementCount(source);
  const known = target.filter(size => size >= 0).reduce((a, b) => a * b, 1);
  if (total < 0 || known === 0) return target;
  return target.map(size => (size < 0 ? total / known : size));
}

export function transpose(scope: LayerScope, x: Traced, perm: readonly number[]): Traced {
  if (perm.every((axis, i) => axis === i)) return x;
  const shape = perm.map(axis => x.shape[axis]);
  return scope.op('Transpose', [x, scope.ints('Transpose/perm', perm)], shape);
}

/** Channels last around `work`, if `channelsFirst`. */
export function channelsLast(
  scope: LayerScope,
  x: Traced,
  channelsFirst: boolean,
  work: (x: Traced) => Traced,
): Traced {
  if (!channelsFirst) return work(x);
  const rank = x.shape.length;
  const y = work(transpose(scope, x, [0, ...range(2, rank), 1]));
  return transpose(scope, y, [0, y.shape.length - 1, ...range(1, y.shape.length - 1)]);
}

/** A sequence [batch, steps, channels] as an image [batch, 1, steps, channels], for 2-D kernels. */
export function toImage(scope: LayerScope, x: Traced): Traced {
  if (x.image !== undefined) return {...x.image, masked: x.masked};
  const shape = [x.shape[0], 1, ...x.shape.slice(1)];
  return scope.op('ExpandDims', [x, scope.ints('ExpandDims/dim', [1], [])], shape);
}

/** The sequence in an image of height 1. */
export function toSequence(scope: LayerScope, image: Traced): Traced {
  const [batch, , ...rest] = image.shape;
  const squeezed = scope.op('Squeeze', [image], [batch, ...rest], {squeeze_dims: [1]});
  return {...squeezed, image};
}

/** `work`, which acts on elements alone, on the image where there is one. */
export function elementwise(scope: LayerScope, x: Traced, work: (x: Traced) => Traced): Traced {
  return x.image === undefined ? work(x) : toSequence(scope, work(toImage(scope, x)));
}

/** One tensor for each step of axis 1. */
export function unstackSteps(scope: LayerScope, x: Traced): Traced[] {
  const [batch, steps, ...rest] = x.shape;
  const unpacked = scope.op('Unpack', [x], [batch, ...rest], {axis: 1, num: steps}, 'unstack');
  return scope.outputs(unpacked, Array<Shape>(steps).fill([batch, ...rest]));
}

export function stackSteps(scope: LayerScope, steps: readonly Traced[]): Traced {
  const [batch, ...rest] = steps[0].shape;
  const shape = [batch, steps.length, ...rest];
  return scope.op('Pack', steps, shape, {axis: 1, N: steps.length}, 'stack');
}

/** Equal parts of the last axis. */
export function splitChannels(scope: LayerScope, x: Traced, parts: number): Traced[] {
  const last = x.shape.length - 1;
  const shape = [...x.shape.slice(0, last), x.shape[last] / parts];
  const axis = scope.ints('split/split_dim', [last], []);
  const split = scope.op('Split', [axis, x], shape, {num_split: parts}, 'split');
  return scope.outputs(split, Array<Shape>(parts).fill(shape));
}
