import {DfqError} from './dfq_error.js';
import {type Graph} from './graph.js';
import {topologicalOrder} from './topological_order.js';

/**
 * Checks what every graph must satisfy between passes: operands resolve, no cycle, inputs and
 * outputs exist, each Const has a value of the size that its shape says.
 *
 * @throws DfqError that names the first node at fault
 */
export function verify(graph: Graph): void {
  for (const name of [...graph.inputs, ...graph.outputs]) graph.node(name);
  for (const node of topologicalOrder(graph)) {
    if (node.op !== 'Const') continue;
    const constant = graph.constants.get(node.name);
    if (constant === undefined) throw new DfqError(`constant '${node.name}' has no value`);
    const size =
      constant.shape.reduce((a, b) => a * b, 1) * (constant.dtype === 'complex64' ? 2 : 1);
    if (constant.values.length !== size) {
      throw new DfqError(
        `constant '${node.name}' has ${constant.values.length} values for shape [${constant.shape}]`,
      );
    }
  }
}
