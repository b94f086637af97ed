import {engine, memory, ready, setBackend, tidy} from '@tensorflow/tfjs-core';
import '../../../backend/index.js';
import {isFloatResult} from '../oracle/op_case.js';
import {opCases} from '../oracle/op_cases.js';
import {runKernel, tensorsOf} from './run_op.js';

describe('int8 kernels', () => {
  beforeAll(async () => {
    await setBackend('int8');
    await ready();
  });

  for (const {op, label, operands, attrs, expected} of opCases()) {
    it(`${op}: ${label}`, () => {
      const before = [memory().numTensors, engine().backend.numDataIds()];
      const {values, shape, dtype} = tidy(() => {
        const y = runKernel(op, tensorsOf(operands), attrs);
        return {values: y.dataSync(), shape: y.shape, dtype: y.dtype};
      });
      expect(shape).toEqual(expected.shape);
      expect(dtype).toBe(isFloatResult(op, attrs) ? 'float32' : 'int32');
      expect(Array.from(values)).toEqual(Array.from(expected.values));
      expect([memory().numTensors, engine().backend.numDataIds()]).toEqual(before);
    });
  }
});
