import {biasValues, forEachWeight, type Layer, layerOf, setBias} from '../graph/layer.js';
import type {Pass} from './pass.js';
import type {QuantizedFilter} from './plan.js';

/**
 * Remove the shift that rounding the weights puts on the mean of each output channel (Nagel 2019 §4.2).
 *
 *   E[Ŵ x] − E[W x] = (Ŵ − W) E[x]         b ← b − Σ (Ŵ − W) E[x]
 *
 * with Ŵ the very integers that ship, and E[x] from batch norm (a clipped normal) or measured by the
 * probe.
 */
export const correctBias: Pass<'correct-bias'> = {
  name: 'correct-bias',
  summary: 'take the mean error of rounded weights out of the biases',
  preservesFunction: false,
  run(graph, {plan, did, left}) {
    for (const [name, filter] of plan.filters) {
      const layer = layerOf(graph, graph.node(name));
      const statistics = layer && plan.statistics.get(layer.input);
      if (layer === undefined) continue;
      if (statistics?.mean.length !== layer.inChannels) {
        left(name, 'the mean of its input is not known');
        continue;
      }
      const shift = expectedShift(layer, filter, statistics.mean);
      const bias = biasValues(graph, layer).map((b, c) => b - shift[c]);
      setBias(graph, layer, bias);
      plan.biases.set(name, bias);
      did(name, `corrected with ${statistics.source} statistics`);
    }
  },
};

/** Σ (Ŵ − W) E[x] for each output channel. */
export function expectedShift(
  layer: Layer,
  quantized: QuantizedFilter,
  mean: Float64Array,
): Float64Array {
  const {values, scale, zeroPoint} = quantized;
  const shift = new Float64Array(layer.outChannels);
  const perChannel = scale.length > 1;
  forEachWeight(layer, (i, inChannel, outChannel) => {
    const c = perChannel ? outChannel : 0;
    const error = scale[c] * (values[i] - zeroPoint[c]) - layer.filter.values[i];
    shift[outChannel] += error * mean[inChannel];
  });
  return shift;
}
