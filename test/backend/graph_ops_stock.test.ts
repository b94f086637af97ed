import '@tensorflow/tfjs-backend-cpu';
import {backend, memory, setBackend, tensor, tidy, type Tensor} from '@tensorflow/tfjs-core';
import {registerGraphOps} from '../../backend/graph_ops.js';
import {Int8Backend} from '../../backend/index.js';
import {nodeModel} from './kernels/one_op_model.js';
import {Random} from './oracle/random.js';

registerGraphOps();

interface NodeCase {
  readonly op: string;
  readonly shape: number[];
  /** Further inputs, all int32. */
  readonly rest?: readonly (number | number[] | number[][])[];
  readonly attr?: Record<string, object>;
  readonly outputs?: number;
  /** The operand once more, as the second input. */
  readonly twice?: true;
}

const image = [2, 4, 6, 8];
const i = (value: number) => ({i: String(value)});
const s = (text: string) => ({s: btoa(text)});

/** The stock nodes that a lowered graph may hold on int8 tensors. */
const NODES: readonly NodeCase[] = [
  {op: 'Reshape', shape: image, rest: [[4, -1]]},
  {op: 'Squeeze', shape: [1, 3, 1, 4], attr: {squeeze_dims: {list: {i: ['0', '2']}}}},
  {op: 'ExpandDims', shape: image, rest: [1]},
  {op: 'Transpose', shape: image, rest: [[0, 3, 1, 2]]},
  {op: 'Slice', shape: image, rest: [[0, 1, 2, 3], [2, 2, -1, 4]]}, // prettier-ignore
  {op: 'StridedSlice', shape: image, rest: [[0, 1, 0, 0], [2, 4, 6, 8], [1, 2, 3, 1]]}, // prettier-ignore
  {
    op: 'StridedSlice',
    shape: image,
    rest: [[0, 3, 0, 0], [0, 0, 0, 8], [1, -1, 2, 3]], // prettier-ignore
    attr: {begin_mask: i(1), end_mask: i(5)},
  },
  {op: 'Split', shape: image, attr: {num_split: i(4)}, outputs: 4},
  {op: 'SplitV', shape: image, rest: [[1, 3], 1], outputs: 2},
  {op: 'Pack', shape: image, twice: true, attr: {axis: i(1), N: i(2)}},
  {op: 'Unpack', shape: image, attr: {axis: i(3), num: i(8)}, outputs: 8},
  {op: 'GatherV2', shape: image, rest: [[3, 0, 0], 1]},
  {op: 'Tile', shape: image, rest: [[1, 2, 1, 3]]},
  {op: 'SpaceToBatchND', shape: image, rest: [[2, 2], [[0, 0], [1, 1]]]}, // prettier-ignore
  {op: 'BatchToSpaceND', shape: [4, 2, 3, 5], rest: [[2, 2], [[1, 0], [0, 1]]]}, // prettier-ignore
  {op: 'DepthToSpace', shape: image, attr: {block_size: i(2), data_format: s('NHWC')}},
  {op: 'SpaceToDepth', shape: image, attr: {block_size: i(2), data_format: s('NHWC')}},
  {op: 'ConcatV2', shape: image, twice: true, rest: [3], attr: {N: i(2)}},
  {op: 'Pad', shape: image, rest: [[[0, 0], [1, 0], [0, 2], [0, 0]]]}, // prettier-ignore
  {op: 'PadV2', shape: image, rest: [[[0, 0], [1, 0], [0, 2], [0, 0]], -128]}, // prettier-ignore
  {op: 'MirrorPad', shape: image, rest: [[[0, 0], [1, 2], [3, 0], [0, 0]]], attr: {mode: s('REFLECT')}}, // prettier-ignore
  {op: 'MirrorPad', shape: image, rest: [[[0, 0], [1, 2], [3, 0], [0, 0]]], attr: {mode: s('SYMMETRIC')}}, // prettier-ignore
  {op: 'ReverseV2', shape: image, rest: [[1, 2]]},
  {op: 'Maximum', shape: image, twice: true},
  {op: 'Minimum', shape: image, twice: true},
];

function run({op, shape, rest = [], attr = {}, outputs = 1, twice}: NodeCase) {
  const current = backend();
  const before = [memory().numTensors, current.numDataIds()];
  const second = twice ? ['x2'] : [];
  const restNames = rest.map((_, at) => `rest${at}`);
  // Split takes its axis first.
  const names = op === 'Split' ? ['axis', 'x'] : ['x', ...second, ...restNames];
  const model = nodeModel(op, names, attr);
  const results = tidy(() => {
    const int8 = (seed: number) => {
      const size = shape.reduce((product, extent) => product * extent, 1);
      const x = tensor(Int32Array.from(new Random(seed).int8(size)), shape, 'int32');
      if (current instanceof Int8Backend) current.block(x);
      return x;
    };
    const all = {
      x: int8(1),
      x2: int8(2),
      axis: tensor(3, [], 'int32'),
      ...Object.fromEntries(
        rest.map((value, at) => [`rest${at}`, tensor(value, undefined, 'int32')]),
      ),
    };
    const fed = Object.fromEntries(Object.entries(all).filter(([key]) => names.includes(key)));
    const ports = Array.from({length: outputs}, (_, at) => (outputs === 1 ? 'y' : `y:${at}`));
    return [model.execute(fed, outputs === 1 ? 'y' : ports)].flat().map((y: Tensor) => ({
      values: Array.from(y.dataSync()),
      shape: y.shape,
      dtype: y.dtype,
    }));
  });
  model.dispose();
  expect([memory().numTensors, current.numDataIds()]).toEqual(before);
  return results;
}

describe('stock nodes on the integers of int8 tensors', () => {
  beforeAll(async () => {
    await setBackend('int8'); // connects wasm too
  });

  NODES.forEach((node, at) => {
    for (const name of ['int8', 'wasm']) {
      it(`${node.op} (${at}) on ${name} as on cpu`, async () => {
        await setBackend('cpu');
        const expected = run(node);
        await setBackend(name);
        expect(run(node)).toEqual(expected);
      });
    }
  });
});
