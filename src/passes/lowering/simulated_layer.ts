import type {Node} from '../../graph/graph.js';
import {type Layer, setBias, setFilter} from '../../graph/layer.js';
import type {QuantParams} from '../../quant/quant_params.js';
import {type QuantizedFilter, realWeights} from '../plan.js';
import type {Simulation} from './simulation.js';

/** A layer of the float graph, and the integers that a lowering has for it. */
export interface IntegerLayer {
  readonly layer: Layer;
  readonly filter: QuantizedFilter;
  /** On the grid xScale · filterScale[c]. */
  readonly bias: Float64Array;
  readonly x: QuantParams;
}

/**
 * Rounds a layer's filter, bias and operand.
 *
 * @param onGrids the nodes whose values are integers in the int8 form: the sum that a table reads, the head
 */
export function simulateLayer(
  simulation: Simulation,
  {layer, filter, bias, x}: IntegerLayer,
  onGrids: readonly Node[],
): void {
  const {graph, simulated} = simulation;
  simulation.roundOperand(layer.node, layer.input);
  for (const {name} of onGrids) simulation.roundValue(name);
  if (!simulated.weights) return;
  setFilter(graph, layer, realWeights(layer, filter));
  // Without a grid for the operand there is none for the bias.
  if (!simulated.activations) return;
  const scaleOf = (c: number) => filter.scale[filter.scale.length > 1 ? c : 0];
  setBias(
    graph,
    layer,
    bias.map((q, c) => q * (x.scale * scaleOf(c))),
  );
}
