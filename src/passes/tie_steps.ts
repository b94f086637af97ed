import {floatConstant} from '../graph/constant.js';
import type {Graph} from '../graph/graph.js';
import {biasValues, type Layer, layerOf} from '../graph/layer.js';
import type {Pass} from './pass.js';

/**
 * The steps of a recurrent layer get one filter and one bias, which are stored and packed once. The
 * bias is the mean of what each step's own would be: corrections are linear in E[x], and this is the
 * one for the mean of E[x] over the steps.
 *
 * What carries the state from step to step stays float: on 8 bits the errors of all steps would add
 * up, and next to the products its gates and sums cost little.
 */
export const tieSteps: Pass<'tie-steps'> = {
  name: 'tie-steps',
  summary: 'give the steps of recurrent layers one filter and one bias, and keep their state float',
  preservesFunction: false,
  run(graph, {plan, did}) {
    for (const {layers, carriers} of plan.recurrences) {
      for (const name of carriers) plan.carriers.add(name);
      const steps = layers.flatMap(({node}) => layerOf(graph, graph.node(node.name)) ?? []);
      const quantized = steps.filter(({node}) => plan.filters.has(node.name));
      if (quantized.length < 2) continue;
      const [{node: first}] = quantized;
      const filter = plan.filters.get(first.name);
      for (const {node} of quantized) if (filter) plan.filters.set(node.name, filter);
      tieBias(graph, quantized);
      did(
        first.name,
        `${quantized.length} steps share its filter and its bias; their state stays float`,
      );
    }
  },
};

function tieBias(graph: Graph, steps: readonly Layer[]): void {
  const biased = steps.flatMap(step => (step.bias ? {step, bias: step.bias} : []));
  if (biased.length === 0) return;
  const mean = new Float64Array(steps[0].outChannels);
  for (const {step} of biased) {
    biasValues(graph, step).forEach((b, c) => (mean[c] += b / biased.length));
  }
  const name = graph.addConstant(`${steps[0].node.name}/shared_bias`, floatConstant(mean));
  for (const {bias} of biased) graph.replace({...bias, inputs: [bias.inputs[0], name]});
}
