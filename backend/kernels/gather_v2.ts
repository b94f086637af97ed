import {
  backend_util,
  GatherV2,
  util,
  type GatherV2Attrs,
  type GatherV2Inputs,
} from '@tensorflow/tfjs-core';
import {fail} from './int8_kernel.js';
import {shapeKernel} from './shape_kernel.js';
import {newTensor} from './strided_copy.js';

/** The operand is int8; the indices may lie anywhere. */
export const gatherV2Config = shapeKernel<GatherV2Inputs, GatherV2Attrs>(
  GatherV2,
  (backend, {x, indices}, {axis, batchDims}) => {
    const [along] = util.parseAxisParam(axis, x.shape);
    const {batchSize, outerSize, dimSize, sliceSize, outputShape} =
      backend_util.segment_util.collectGatherOpShapeInfo(x, indices, along, batchDims ?? 0);
    const values = backend.values(indices);
    const outside = values.find(index => !(index >= 0 && index < dimSize));
    if (outside !== undefined) fail(GatherV2, `index ${outside} is not in [0, ${dimSize})`);
    const perBatch = values.length / batchSize;
    return newTensor(backend, x, outputShape, (from, to) => {
      const {memory} = backend.microkernels;
      const [source, target] = [memory.view(from), memory.view(to)];
      let at = 0;
      for (let batch = 0; batch < batchSize; batch++) {
        for (let outer = 0; outer < outerSize; outer++) {
          const row = (batch * outerSize + outer) * dimSize;
          for (let i = 0; i < perBatch; i++, at += sliceSize) {
            const first = (row + values[batch * perBatch + i]) * sliceSize;
            target.set(source.subarray(first, first + sliceSize), at);
          }
        }
      }
    });
  },
  ['x'],
);
