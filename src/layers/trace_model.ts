import {DfqError} from '../graph/dfq_error.js';
import {LayerScope, type GraphBuilder} from './graph_builder.js';
import {isModel, type LayerConfig, type ModelConfig, readModel} from './keras_config.js';
import type {InnerLayer} from './layer_call.js';
import {LAYER_TYPES} from './layer_types.js';
import {Settings} from './settings.js';
import type {Traced} from './traced.js';

/**
 * Adds the nodes of a model's layers to the graph.
 *
 * @param path names of the models around it; its own only if it is inside of another
 * @param inputs one for each of the model's inputs
 * @returns one for each of its outputs
 */
export function traceModel(
  builder: GraphBuilder,
  model: ModelConfig,
  path: readonly string[],
  inputs: readonly Traced[],
): Traced[] {
  const trace = new ModelTrace(builder, model, path, inputs);
  return model.outputs.map(([layer, call, output]) => trace.tensor(layer, call, output));
}

class ModelTrace {
  private readonly layers: ReadonlyMap<string, LayerConfig>;
  /** Outputs of each call of each layer. */
  private readonly made = new Map<string, readonly Traced[]>();

  constructor(
    private readonly builder: GraphBuilder,
    model: ModelConfig,
    private readonly path: readonly string[],
    inputs: readonly Traced[],
  ) {
    this.layers = new Map(model.layers.map(layer => [layer.name, layer]));
    if (inputs.length !== model.inputs.length) {
      throw new DfqError(
        `model '${path.join('/')}' is given ${inputs.length} tensors for its ${model.inputs.length} inputs`,
      );
    }
    model.inputs.forEach(([name], i) => this.made.set(callKey(name, 0), [inputs[i]]));
  }

  /** Output `output` of call `call` of a layer; what it takes is traced before it. */
  tensor(layer: string, call: number, output: number): Traced {
    const key = callKey(layer, call);
    let outputs = this.made.get(key);
    if (outputs === undefined) this.made.set(key, (outputs = this.traceCall(layer, call)));
    const tensor = outputs[output];
    if (tensor === undefined) {
      throw new DfqError(`layer '${layer}' has no output ${output}; save the model again`);
    }
    return tensor;
  }

  private traceCall(name: string, call: number): Traced[] {
    const layer = this.layers.get(name);
    const inbound = layer?.calls[call];
    if (layer === undefined || inbound === undefined) {
      throw new DfqError(
        `the topology has no call ${call} of layer '${name}'; save the model again`,
      );
    }
    const inputs = inbound.map(([from, index, output]) => this.tensor(from, index, output));
    const scope = new LayerScope(this.builder, [...this.path, name], layer.className);
    return traceLayer(scope, layer, inputs);
  }
}

function callKey(layer: string, call: number): string {
  return `${call} ${layer}`;
}

/** @throws DfqError that names a layer that can't be traced, and the remedy */
function traceLayer(
  scope: LayerScope,
  {className, config}: InnerLayer,
  inputs: readonly Traced[],
): Traced[] {
  if (isModel(className)) {
    return traceModel(scope.builder, readModel(className, config), scope.path, inputs);
  }
  const tracer = LAYER_TYPES.get(className);
  if (tracer === undefined) {
    scope.fail(
      'is of a class that cannot be traced; leave it out, or convert the model with ' +
        'tensorflowjs_converter --input_format=tfjs_layers_model --output_format=tfjs_graph_model',
    );
  }
  const settings = new Settings(scope, config);
  const outputs = tracer({scope, settings, inputs, call: traceLayer});
  return Array.isArray(outputs) ? outputs : [outputs];
}
