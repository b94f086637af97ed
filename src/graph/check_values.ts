import {DfqError} from './dfq_error.js';
import {type Graph, parseRef} from './graph.js';

/**
 * Checks that no weight is NaN or infinite. (Infinity is legitimate elsewhere: as the padding value
 * of a pool, say.)
 *
 * @throws DfqError that names the constant and the node that reads it
 */
export function checkValues(graph: Graph): void {
  for (const node of graph.nodes) {
    const takesWeights = WEIGHTED.test(node.op);
    for (const ref of node.inputs) {
      const {node: name} = parseRef(ref);
      const constant = graph.constants.get(name);
      if (constant?.dtype !== 'float32') continue;
      if (areFinite(constant.values)) continue;
      const bad = constant.values.find(
        v => Number.isNaN(v) || (takesWeights && !Number.isFinite(v)),
      );
      if (bad !== undefined) {
        throw new DfqError(
          `weight '${name}' of '${node.name}' holds ${bad}; train or convert the model again`,
        );
      }
    }
  }
}

/** Are all values finite? A plain loop: models have millions of them. */
function areFinite(values: Float32Array): boolean {
  for (let i = 0; i < values.length; i++) if (values[i] - values[i] !== 0) return false;
  return true;
}

const WEIGHTED = /Conv2D|DepthwiseConv2d|MatMul|BiasAdd|FusedBatchNorm/;
