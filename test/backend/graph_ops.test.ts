import '@tensorflow/tfjs-backend-cpu';
import {engine, memory, ready, setBackend, tensor, tidy, type Tensor} from '@tensorflow/tfjs-core';
import {registerGraphOps} from '../../backend/graph_ops.js';
import '../../backend/index.js';
import {Int8Op} from '../../src/ops.js';
import {graphAttrs, nodeModel, oneOpModel} from './kernels/one_op_model.js';
import {tensorsOf} from './kernels/run_op.js';
import {messageOf} from './oracle/message_of.js';
import {isFloatResult} from './oracle/op_case.js';
import {opCases} from './oracle/op_cases.js';

registerGraphOps();

/** On `int8` the kernels run, on the others the emulation: each element within one step. */
const BACKENDS = [
  {backend: 'int8', steps: 0},
  {backend: 'cpu', steps: 1},
  {backend: 'wasm', steps: 1},
];

for (const {backend, steps} of BACKENDS) {
  describe(`int8 graph ops on ${backend}`, () => {
    let elements = 0;
    let unequal = 0;

    beforeAll(async () => {
      await setBackend('int8'); // connects wasm too
      await setBackend(backend);
      await ready();
    });

    for (const {op, label, operands, attrs, expected} of opCases()) {
      it(`${op}: ${label}`, () => {
        const before = [memory().numTensors, engine().backend.numDataIds()];
        const model = oneOpModel(op, Object.keys(operands), attrs);
        const {values, shape, dtype} = tidy(() => {
          const y = model.execute(tensorsOf(operands), 'y') as Tensor;
          return {values: y.dataSync(), shape: y.shape, dtype: y.dtype};
        });
        model.dispose();
        expect(shape).toEqual(expected.shape);
        expect(dtype).toBe(isFloatResult(op, attrs) ? 'float32' : 'int32');
        expect(values.length).toBe(expected.values.length);
        const off = Array.from(values).filter((q, i) => q !== expected.values[i]).length;
        const far = Array.from(values).findIndex((q, i) => {
          const distance = Math.abs(q - expected.values[i]);
          return isFloatResult(op, attrs) ? distance !== 0 : distance > steps;
        });
        expect(far).toBe(-1);
        expect([memory().numTensors, engine().backend.numDataIds()]).toEqual(before);
        elements += values.length;
        unequal += off;
      });
    }

    it('gives the integers of the definition almost everywhere', () => {
      expect(unequal * 1000 <= elements).toBe(true);
    });
  });
}

describe('int8 graph ops', () => {
  const attrs = {outScale: 0.5, outZeroPoint: 3, lo: -128, hi: 127};

  beforeAll(async () => {
    await setBackend('int8');
    await ready();
  });

  const failure = (attr: Record<string, object>) =>
    messageOf(() => nodeModel(Int8Op.Quantize, ['x'], attr).execute({x: tensor([1])}, 'y'));

  it('names the node, the op and the attribute that is missing or out of range', () => {
    const {outScale: _, ...rest} = graphAttrs(attrs);
    expect(failure(rest)).toBe(
      "node 'y': Int8Quantize: attribute 'outScale' is undefined, not a positive float32",
    );
    expect(failure(graphAttrs({...attrs, outScale: -1}))).toBe(
      "node 'y': Int8Quantize: attribute 'outScale' is -1, not a positive float32",
    );
    expect(failure(graphAttrs({...attrs, outZeroPoint: 128}))).toBe(
      "node 'y': Int8Quantize: attribute 'outZeroPoint' is 128, not an integer of [-128, 127]",
    );
  });

  it('names an input that is missing', () => {
    const model = nodeModel(Int8Op.Lookup, ['x'], graphAttrs({...attrs, function: 'f'}));
    expect(messageOf(() => model.execute({x: tensor([1], [1], 'int32')}, 'y'))).toBe(
      "node 'y': Int8Lookup: input 1, 'table', is missing",
    );
  });

  for (const backend of ['int8', 'cpu', 'wasm']) {
    it(`SpaceToDepth on ${backend}, the inverse of DepthToSpace`, async () => {
      await setBackend(backend);
      const before = memory().numTensors;
      const values = Array.from({length: 96}, (_, i) => i - 48);
      const there = nodeModel('SpaceToDepth', ['x'], {
        block_size: {i: '2'},
        data_format: {s: btoa('NHWC')},
      });
      const back = nodeModel('DepthToSpace', ['x'], {
        block_size: {i: '2'},
        data_format: {s: btoa('NHWC')},
      });
      tidy(() => {
        const x = tensor(values, [1, 4, 6, 4], 'int32');
        const deep = there.execute({x}, 'y') as Tensor;
        expect(deep.shape).toEqual([1, 2, 3, 16]);
        expect(Array.from(deep.dataSync()).slice(0, 8)).toEqual([
          -48, -47, -46, -45, -44, -43, -42, -41,
        ]);
        const again = back.execute({x: deep}, 'y') as Tensor;
        expect(Array.from(again.dataSync())).toEqual(values);
      });
      expect(memory().numTensors).toBe(before);
    });
  }

  it('SpaceToDepth refuses an image that blocks do not tile', () => {
    const model = nodeModel('SpaceToDepth', ['x'], {block_size: {i: '2'}});
    const x = tensor([1, 2, 3], [1, 1, 3, 1]);
    expect(messageOf(() => model.execute({x}, 'y'))).toBe(
      "node 'y': SpaceToDepth: x has shape [1, 1, 3, 1], not whole blocks of 2",
    );
  });
});
