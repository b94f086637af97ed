import type {LayerCall, LayerTracer} from './layer_call.js';
import {reshape} from './moves.js';
import {innerLayer} from './recurrent_layers.js';
import type {Traced} from './traced.js';

/** Layers around another layer. */
export const WRAPPER_LAYERS: Readonly<Record<string, LayerTracer>> = {
  TimeDistributed: timeDistributed,
};

/** The inner layer, on every step alike: steps are more samples to it. */
function timeDistributed({scope, settings, inputs: [x], call}: LayerCall): Traced {
  const layer = innerLayer(scope, settings.config, 'layer');
  const inner = scope.inner(String(layer.config['name']), layer.className);
  // Dense takes sequences as they are, and their number of steps may be open.
  if (layer.className === 'Dense' && x.shape.length === 3) return call(inner, layer, [x])[0];
  const [batch, steps, ...rest] = x.shape;
  const samples = batch < 0 || steps < 0 ? -1 : batch * steps;
  const [y] = call(inner, layer, [reshape(scope, x, [samples, ...rest])]);
  return reshape(scope, y, [batch, steps, ...y.shape.slice(1)]);
}
