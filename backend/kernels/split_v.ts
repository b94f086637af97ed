import {
  backend_util,
  SplitV,
  util,
  type SplitVAttrs,
  type SplitVInputs,
} from '@tensorflow/tfjs-core';
import {shapeKernel} from './shape_kernel.js';
import {sliced} from './slice.js';

export const splitVConfig = shapeKernel<SplitVInputs, SplitVAttrs>(
  SplitV,
  (backend, {x}, {numOrSizeSplits, axis}) => {
    const [along] = util.parseAxisParam(axis, x.shape);
    const begin = x.shape.map(() => 0);
    return backend_util.prepareSplitSize(x, numOrSizeSplits, along).map(size => {
      const part = sliced(
        backend,
        x,
        begin,
        x.shape.map((extent, i) => (i === along ? size : extent)),
      );
      begin[along] += size;
      return part;
    });
  },
);
