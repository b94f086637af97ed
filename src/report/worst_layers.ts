import type {LayerReport} from './layer_reports.js';

/** How many are marked. */
const WORST = 3;

/** The int8 layers whose results are farthest from the float model's. */
export function worstLayers(layers: readonly LayerReport[]): ReadonlySet<LayerReport> {
  const known = layers.filter(({activationSqnr}) => activationSqnr !== undefined);
  const order = known.sort((a, b) => (a.activationSqnr ?? 0) - (b.activationSqnr ?? 0));
  return new Set(order.slice(0, Math.min(WORST, Math.floor(layers.length / 2))));
}
