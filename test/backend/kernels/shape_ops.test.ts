import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import {Int8Backend} from '../../../backend/index.js';
import {Random} from '../oracle/random.js';

interface ShapeCase {
  readonly label: string;
  readonly shape: [number, number, number, number];
  readonly run: (x: tf.Tensor4D) => tf.Tensor | tf.Tensor[];
  /** Not on bytes, but widened: the result need not be int8. */
  readonly widened?: true;
}

const image: [number, number, number, number] = [2, 4, 6, 8];
const row = () => tf.range(-4, 4, 1, 'int32');

/** Every stock op that has a form on bytes; results are compared with int32 on `cpu`. */
const CASES: readonly ShapeCase[] = [
  {label: 'Reshape', shape: image, run: x => tf.reshape(x, [4, -1, 3])},
  {label: 'Reshape to a scalar', shape: [1, 1, 1, 1], run: x => tf.reshape(x, [])},
  {label: 'Identity', shape: image, run: x => tf.clone(x)},
  {
    label: 'Cast to int32',
    shape: image,
    run: x => tf.engine().runKernel('Cast', {x}, {dtype: 'int32'}),
  },
  {label: 'Cast to float32', shape: image, run: x => tf.cast(x, 'float32'), widened: true},
  {label: 'Cast to bool', shape: image, run: x => tf.cast(x, 'bool'), widened: true},
  {label: 'ExpandDims first', shape: image, run: x => tf.expandDims(x, 0)},
  {label: 'ExpandDims last', shape: image, run: x => tf.expandDims(x, -1)},
  {label: 'Squeeze', shape: [2, 1, 3, 1], run: x => tf.squeeze(x)},
  {label: 'Transpose NCHW', shape: image, run: x => tf.transpose(x, [0, 3, 1, 2])},
  {label: 'Transpose reversed', shape: image, run: x => tf.transpose(x)},
  {label: 'Transpose, long rows', shape: [3, 2, 2, 70], run: x => tf.transpose(x, [1, 0, 2, 3])},
  {label: 'Transpose, same order', shape: image, run: x => tf.transpose(x, [0, 1, 2, 3])},
  {label: 'Slice', shape: image, run: x => tf.slice(x, [1, 0, 2, 3], [1, 4, 3, 2])},
  {label: 'Slice of rows', shape: image, run: x => tf.slice(x, [0, 1], [2, 2])},
  {label: 'Slice of nothing', shape: image, run: x => tf.slice(x, [0, 1, 0, 0], [2, 0, 6, 8])},
  {
    label: 'StridedSlice',
    shape: image,
    run: x => tf.stridedSlice(x, [0, 0, 1, 7], [2, 4, 6, 1], [1, 2, 3, -2]),
  },
  {
    label: 'StridedSlice with masks',
    shape: image,
    run: x => tf.stridedSlice(x, [1, 0, 0], [2, 3, 1], [1, 1, 1], 0, 2, 0, 4, 1),
  },
  {
    label: 'StridedSlice with an ellipsis',
    shape: image,
    run: x => tf.stridedSlice(x, [0, 1], [0, 8], [1, 3], 0, 0, 1),
  },
  {label: 'SplitV equal', shape: image, run: x => tf.split(x, 4, 3)},
  {label: 'SplitV sizes', shape: image, run: x => tf.split(x, [1, -1, 2], -2)},
  {label: 'Pack', shape: image, run: x => tf.stack([x, tf.reverse(x, 1)], 2)},
  {label: 'Pack last', shape: image, run: x => tf.stack([x, x, x], -1)},
  {label: 'Unpack', shape: image, run: x => tf.unstack(x, 1)},
  {label: 'Unpack last', shape: image, run: x => tf.unstack(x, -1)},
  {label: 'GatherV2', shape: image, run: x => tf.gather(x, tf.tensor1d([3, 0, 3], 'int32'), 1)},
  {
    label: 'GatherV2 matrix',
    shape: image,
    run: x => tf.gather(x, tf.tensor2d([[1, 0]], [1, 2], 'int32'), 0),
  },
  {
    label: 'GatherV2 batches',
    shape: image,
    run: x => tf.gather(x, tf.tensor2d([[5, 0], [2, 2]], [2, 2], 'int32'), 2, 1), // prettier-ignore
  },
  {label: 'Tile', shape: image, run: x => tf.tile(x, [2, 1, 3, 1])},
  {label: 'Tile channels', shape: image, run: x => tf.tile(x, [1, 2, 1, 2])},
  {label: 'SpaceToBatchND', shape: image, run: x => tf.spaceToBatchND(x, [2, 3], [[1, 1], [0, 3]])}, // prettier-ignore
  {
    label: 'BatchToSpaceND',
    shape: [12, 2, 3, 5],
    run: x => tf.batchToSpaceND(x, [2, 3], [[1, 0], [0, 2]]), // prettier-ignore
  },
  {
    label: 'DepthToSpace',
    shape: image,
    run: x => tf.engine().runKernel('DepthToSpace', {x}, {blockSize: 2, dataFormat: 'NHWC'}),
  },
  {
    label: 'Concat channels',
    shape: image,
    run: x => tf.concat([x, tf.slice(x, [0, 0, 0, 5]), x], 3),
  },
  {label: 'Concat rows', shape: image, run: x => tf.concat([x, tf.reverse(x, 0)], 1)},
  {label: 'Concat batch', shape: image, run: x => tf.concat([x, x], 0)},
  {
    label: 'Concat with int32',
    shape: image,
    run: x => tf.concat([x, tf.fill([2, 4, 6, 1], 1000, 'int32')], -1),
    widened: true,
  },
  {label: 'PadV2', shape: image, run: x => tf.pad(x, [[0, 0], [1, 2], [3, 0], [0, 1]], -128)}, // prettier-ignore
  {
    label: 'PadV2 beyond int8',
    shape: image,
    run: x => tf.pad(x, [[0, 0], [1, 2], [3, 0], [0, 1]], 128), // prettier-ignore
    widened: true,
  },
  {label: 'MirrorPad reflect', shape: image, run: x => tf.mirrorPad(x, [[0, 1], [3, 2], [5, 0], [0, 7]], 'reflect')}, // prettier-ignore
  {label: 'MirrorPad symmetric', shape: image, run: x => tf.mirrorPad(x, [[2, 1], [4, 2], [6, 0], [0, 8]], 'symmetric')}, // prettier-ignore
  {label: 'Reverse', shape: image, run: x => tf.reverse(x, [1, -1])},
  {label: 'Reverse all', shape: image, run: x => tf.reverse(x)},
  {label: 'Maximum', shape: image, run: x => tf.maximum(x, tf.reverse(x, 2))},
  {
    label: 'Minimum',
    shape: image,
    run: x => tf.minimum(tf.slice(x, [0, 1, 0, 0], [2, 1, 6, 8]), x),
  },
  {label: 'Maximum with int32', shape: image, run: x => tf.maximum(x, row()), widened: true},
  {
    label: 'Minimum, interleaved broadcast',
    shape: image,
    run: x =>
      tf.minimum(tf.slice(x, [0, 0, 0, 0], [2, 1, 6, 1]), tf.slice(x, [0, 0, 0, 0], [1, 4, 1, 8])),
  },
];

interface Result {
  values: number[];
  shape: number[];
  dtype: string;
  int8: boolean;
}

async function runOn(backend: string, {shape, run}: ShapeCase): Promise<Result[]> {
  await tf.setBackend(backend);
  const current = tf.backend();
  const before = [tf.memory().numTensors, current.numDataIds()];
  const results = tf.tidy(() => {
    const values = Int32Array.from(new Random(1).int8(tf.util.sizeFromShape(shape)));
    const x = tf.tensor4d(values, shape, 'int32');
    if (current instanceof Int8Backend) current.block(x);
    return [run(x)].flat().map(y => ({
      int8: current instanceof Int8Backend && current.holdsInt8(y),
      values: Array.from(y.dataSync()),
      shape: y.shape,
      dtype: y.dtype,
    }));
  });
  expect([tf.memory().numTensors, current.numDataIds()]).toEqual(before);
  return results;
}

describe('shape ops on int8 tensors', () => {
  for (const shapeCase of CASES) {
    it(shapeCase.label, async () => {
      const expected = await runOn('cpu', shapeCase);
      const results = await runOn('int8', shapeCase);
      expect(results.map(({values, shape, dtype}) => ({values, shape, dtype}))).toEqual(
        expected.map(({values, shape, dtype}) => ({values, shape, dtype})),
      );
      if (!shapeCase.widened) expect(results.every(({int8}) => int8)).toBe(true);
    });
  }
});

it('StridedSlice that drops an axis before one with a step', async () => {
  await tf.setBackend('int8');
  const values = tf.tidy(() => {
    const x = tf.tensor2d([[1, 2, 3, 4], [5, 6, 7, 8]], [2, 4], 'int32'); // prettier-ignore
    (tf.backend() as Int8Backend).block(x);
    return Array.from(tf.stridedSlice(x, [1, 0], [2, 4], [1, 2], 0, 0, 0, 0, 1).dataSync());
  });
  expect(values).toEqual([5, 7]);
});
