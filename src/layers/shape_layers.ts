import type {LayerCall, LayerTracer} from './layer_call.js';
import {channelsLast, reshape, transpose} from './moves.js';
import {elementCount, range, type Traced} from './traced.js';

const identity: LayerTracer = ({inputs: [x]}) => x;

/** Layers that move values and compute none, those that act in training only, and tables of values. */
export const SHAPE_LAYERS: Readonly<Record<string, LayerTracer>> = {
  ActivityRegularization: identity,
  AlphaDropout: identity,
  Cropping2D: cropping2d,
  Dropout: identity,
  Embedding: embedding,
  Flatten: flatten,
  GaussianDropout: identity,
  GaussianNoise: identity,
  Masking: masking,
  Permute: ({scope, settings, inputs: [x]}) =>
    transpose(scope, x, [0, ...settings.axes('dims', 1)]),
  RepeatVector: repeatVector,
  Reshape: reshapeLayer,
  SpatialDropout1D: identity,
  SpatialDropout2D: identity,
  ZeroPadding2D: zeroPadding2d,
};

function flatten({scope, settings, inputs: [x]}: LayerCall): Traced {
  const rank = x.shape.length;
  const y = settings.channelsFirst ? transpose(scope, x, [0, ...range(2, rank), 1]) : x;
  return reshape(scope, y, [x.shape[0], elementCount(y.shape.slice(1))]);
}

function reshapeLayer({scope, settings, inputs: [x]}: LayerCall): Traced {
  const target = settings.axes('target_shape', -1).map(size => (size > 0 ? size : -1));
  const total = elementCount(x.shape.slice(1));
  const known = target.filter(size => size >= 0).reduce((a, b) => a * b, 1);
  const sizes = target.map(size => (size < 0 && total >= 0 ? total / known : size));
  return reshape(scope, x, [x.shape[0], ...sizes]);
}

/** [batch, channels] → [batch, n, channels] */
function repeatVector({scope, settings, inputs: [x]}: LayerCall): Traced {
  const n = settings.number('n');
  const [batch, channels] = x.shape;
  const dim = scope.ints('ExpandDims/dim', [1], []);
  const column = scope.op('ExpandDims', [x, dim], [batch, 1, channels]);
  return scope.op('Tile', [column, scope.ints('Tile/multiples', [1, n, 1])], [batch, n, channels]);
}

/** [[top, bottom], [left, right]], from one number, two, or two pairs. */
function borders({scope, settings}: LayerCall, key: string, fallback: number): number[][] {
  const value = settings.config[key] ?? fallback;
  const sides = Array.isArray(value) ? value : [value, value];
  const pairs = sides.map(side =>
    Array.isArray(side) ? side.map(Number) : [Number(side), Number(side)],
  );
  if (pairs.length !== 2 || pairs.flat().some(size => !(size >= 0))) {
    scope.fail(`has [${pairs.join('; ')}] as its ${key}, not two pairs of sizes`);
  }
  return pairs;
}

function zeroPadding2d(call: LayerCall): Traced {
  const {scope, settings, inputs} = call;
  const pairs = borders(call, 'padding', 1);
  return channelsLast(scope, inputs[0], settings.channelsFirst, x => {
    const all = [[0, 0], ...pairs, [0, 0]];
    const shape = x.shape.map((n, i) => (n < 0 ? -1 : n + all[i][0] + all[i][1]));
    return scope.op('Pad', [x, scope.ints('Pad/paddings', all.flat(), [4, 2])], shape);
  });
}

function cropping2d(call: LayerCall): Traced {
  const {scope, settings, inputs} = call;
  const pairs = borders(call, 'cropping', 0);
  return channelsLast(scope, inputs[0], settings.channelsFirst, x => {
    const all = [[0, 0], ...pairs, [0, 0]];
    const shape = x.shape.map((n, i) => (n < 0 ? -1 : n - all[i][0] - all[i][1]));
    // An end of 0 would be empty: the mask takes the axis to its end.
    const endMask = all.reduce((mask, [, after], i) => (after === 0 ? mask | (1 << i) : mask), 0);
    const operands = [
      x,
      scope.ints(
        'strided_slice/stack',
        all.map(([before]) => before),
      ),
      scope.ints(
        'strided_slice/stack_1',
        all.map(([, after]) => -after),
      ),
      scope.ints('strided_slice/stack_2', [1, 1, 1, 1]),
    ];
    const attrs = {begin_mask: 0, end_mask: endMask, ellipsis_mask: 0, new_axis_mask: 0};
    return scope.op(
      'StridedSlice',
      operands,
      shape,
      {...attrs, shrink_axis_mask: 0},
      'strided_slice',
    );
  });
}

/** One row of the table for each index. */
function embedding({scope, settings, inputs: [x]}: LayerCall): Traced {
  const table = scope.weight('embeddings');
  const shape = [...x.shape, scope.weightShape('embeddings')[1]];
  const axis = scope.ints('embedding_lookup/axis', [0], []);
  const operands = [table, scope.cast(x, 'int32'), axis];
  const rows = scope.op('GatherV2', operands, shape, {batch_dims: 0}, 'embedding_lookup');
  return {...rows, dtype: 'float32', masked: settings.boolean('mask_zero', false)};
}

/** Zeroes the steps that hold nothing but the mask value; layers behind it learn which these are. */
function masking({scope, settings, inputs: [x]}: LayerCall): Traced {
  const value = scope.scalar('mask_value', settings.number('mask_value', 0));
  const differs = {...scope.op('NotEqual', [x, value], x.shape), dtype: 'bool' as const};
  const axis = scope.ints('Any/reduction_indices', [-1]);
  const anyShape = [...x.shape.slice(0, -1), 1];
  const counts = scope.op('Any', [differs, axis], anyShape, {keep_dims: true});
  return {...scope.op('Mul', [x, scope.cast(counts, 'float32')], x.shape), masked: true};
}
