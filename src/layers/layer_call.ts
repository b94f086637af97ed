import type {LayerScope} from './graph_builder.js';
import type {LayerConfig} from './keras_config.js';
import type {Settings} from './settings.js';
import type {Traced} from './traced.js';

/** One call of one layer. */
export interface LayerCall {
  readonly scope: LayerScope;
  readonly settings: Settings;
  /** At least one. */
  readonly inputs: readonly Traced[];
  /** Calls a layer inside of this one. */
  readonly call: (scope: LayerScope, layer: InnerLayer, inputs: readonly Traced[]) => Traced[];
}

export type InnerLayer = Pick<LayerConfig, 'className' | 'config'>;

/** Adds the nodes of a layer and returns its outputs. */
export type LayerTracer = (call: LayerCall) => Traced | Traced[];
