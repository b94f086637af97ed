import {DfqError} from '../graph/dfq_error.js';

/** A layer's settings as they stand in model.json: keys and enumerations in snake_case. */
export type Config = Readonly<Record<string, unknown>>;

/** [layer, call, output] and keyword arguments: one tensor that a call of a layer takes. */
export type InboundTensor = readonly [string, number, number, Config?];

/** A layer, or a model that is used as one. */
export interface LayerConfig {
  readonly name: string;
  readonly className: string;
  readonly config: Config;
  /** For each call of the layer, the tensors that it takes. */
  readonly calls: ReadonlyArray<readonly InboundTensor[]>;
}

export interface ModelConfig {
  readonly name: string;
  readonly layers: readonly LayerConfig[];
  readonly inputs: readonly InboundTensor[];
  readonly outputs: readonly InboundTensor[];
}

const MODEL_CLASSES: ReadonlySet<string> = new Set(['Sequential', 'Functional', 'Model']);

/** Is it a model inside of a model? */
export function isModel(className: string): boolean {
  return MODEL_CLASSES.has(className);
}

/**
 * The model in a Keras topology, as Keras and tf.LayersModel.save() write it.
 *
 * @throws DfqError if it is none, or is of Keras 3, which writes another format
 */
export function readTopology(topology: unknown): ModelConfig {
  const {model_config: wrapped, ...own} = record(topology);
  const {class_name: className, config} = record(wrapped ?? own);
  if (typeof className !== 'string') {
    throw new DfqError(
      'the topology names no class of model; save the model again as a LayersModel',
    );
  }
  return readModel(className, config);
}

/** @throws DfqError for a class that is no model */
export function readModel(className: string, config: unknown): ModelConfig {
  if (!isModel(className)) {
    throw new DfqError(
      `a model of class ${className} can't be traced; the classes are ${[...MODEL_CLASSES].join(', ')}`,
    );
  }
  return className === 'Sequential' ? readSequential(config) : readFunctional(record(config));
}

/** A chain of layers; the first may declare the input's shape in place of an InputLayer. */
function readSequential(config: unknown): ModelConfig {
  const {name = 'sequential', layers = config} = record(config);
  const listed = array(layers).map(readLayer);
  const chain = listed[0]?.className === 'InputLayer' ? listed : [inputOf(listed[0]), ...listed];
  const linked = chain.map((layer, i): LayerConfig => {
    const calls = i === 0 ? [] : [[[chain[i - 1].name, 0, 0] as const]];
    return {...layer, calls};
  });
  const end = (layer: LayerConfig): InboundTensor => [layer.name, 0, 0];
  return {
    name: String(name),
    layers: linked,
    inputs: [end(linked[0])],
    outputs: [end(linked[linked.length - 1])],
  };
}

/** The InputLayer that tfjs puts before a Sequential model. */
function inputOf(first: LayerConfig | undefined): LayerConfig {
  if (first === undefined) throw new DfqError('the model has no layers; add some');
  // A model as first layer has the shape in its own first layer.
  const inner = isModel(first.className)
    ? readModel(first.className, first.config).layers[0]
    : first;
  const {batch_input_shape, dtype} = inner.config;
  const name = `${first.name}_input`;
  return {name, className: 'InputLayer', config: {batch_input_shape, dtype, name}, calls: []};
}

function readFunctional(config: Config): ModelConfig {
  const {name = 'model', input_layers: inputs, output_layers: outputs} = config;
  const layers = array(config['layers']).map(readLayer);
  const returned = ends(outputs);
  const firstCall = firstCalls(layers, returned);
  const renumber = ([layer, call, ...rest]: InboundTensor): InboundTensor => [
    layer,
    call - (firstCall.get(layer) ?? 0),
    ...rest,
  ];
  return {
    name: String(name),
    layers: layers.map(layer => ({...layer, calls: layer.calls.map(call => call.map(renumber))})),
    inputs: ends(inputs),
    outputs: returned.map(renumber),
  };
}

/**
 * The number that each layer's first call has: 1 for some models that are used as layers, whose call 0
 * was the one that built them.
 */
function firstCalls(layers: readonly LayerConfig[], outputs: readonly InboundTensor[]) {
  const used = [...outputs, ...layers.flatMap(({calls}) => calls.flat())];
  return new Map(
    layers.map(({name, calls}) => {
      const numbers = used.filter(([layer]) => layer === name).map(([, call]) => call);
      return [name, calls.length > 0 && Math.max(0, ...numbers) === calls.length ? 1 : 0] as const;
    }),
  );
}

/** One tensor stands without a list around it. */
function ends(value: unknown): InboundTensor[] {
  const list = array(value);
  return (typeof list[0] === 'string' ? [list] : list).map(readInbound);
}

function readLayer(value: unknown): LayerConfig {
  const {name, class_name: className, config, inbound_nodes: calls = []} = record(value);
  const settings = Array.isArray(config) ? {layers: config} : record(config);
  return {
    name: String(name ?? settings['name']),
    className: String(className),
    config: settings,
    calls: array(calls).map(readCall),
  };
}

function readCall(call: unknown): InboundTensor[] {
  if (!Array.isArray(call)) {
    throw new DfqError(
      'the topology is of Keras 3, which TensorFlow.js cannot load; save the model with Keras 2 (tf_keras)',
    );
  }
  const tensors = (typeof call[0] === 'string' ? [call] : call).map(readInbound);
  return tensors.flatMap(tensor => [tensor, ...statesOf(tensor[3])]);
}

/** Initial states that Keras hands over by keyword. */
function statesOf(keywords: Config = {}): InboundTensor[] {
  const states = keywords['initial_state'];
  return Array.isArray(states) && states.length > 0 ? ends(states) : [];
}

function readInbound(value: unknown): InboundTensor {
  const [name, call, output, keywords] = array(value);
  if (typeof name !== 'string') throw new DfqError('the topology has a malformed inbound node');
  return [name, Number(call), Number(output), record(keywords ?? {})];
}

function array(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new DfqError('the topology is malformed: a list is missing');
  return value;
}

function record(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) {
    throw new DfqError('the topology is malformed: an object is missing');
  }
  return value as Record<string, unknown>;
}
