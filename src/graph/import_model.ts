import type {GraphModel} from '@tensorflow/tfjs-converter';
import {imag, type io, real, type Tensor, tidy} from '@tensorflow/tfjs-core';
import type {Attributes} from './attributes.js';
import type {Constant, Encoding} from './constant.js';
import {DfqError} from './dfq_error.js';
import {Graph, type Node, parseRef} from './graph.js';
import {verify} from './verify.js';

interface NodeDef {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  readonly attr?: Attributes;
}

interface TensorInfo {
  readonly name?: string;
}

interface Signature {
  readonly inputs?: Readonly<Record<string, TensorInfo>>;
  readonly outputs?: Readonly<Record<string, TensorInfo>>;
}

interface Topology {
  readonly node?: readonly NodeDef[];
}

/**
 * The graph of a loaded model. Values are read from whatever backend holds them; the model is left
 * as it is.
 *
 * @throws DfqError if the model is not a loaded GraphModel, is empty, or is not consistent
 */
export async function importModel(model: GraphModel): Promise<Graph> {
  const artifacts = artifactsOf(model);
  const {modelTopology, weightSpecs, weightData: _, ...modelFields} = artifacts;
  const {node: nodeDefs = [], ...topologyFields} = modelTopology as Topology;
  if (nodeDefs.length === 0) {
    throw new DfqError('the model has no nodes; convert it again with tensorflowjs_converter');
  }
  const encodings = new Map((weightSpecs ?? []).map(spec => [spec.name, encodingOf(spec)]));
  const constants = new Map<string, Constant>();
  for (const [name, [tensor]] of Object.entries(model.weights)) {
    constants.set(name, await readConstant(tensor, encodings.get(name)));
  }
  const nodes = nodeDefs.map(importNode);
  const ends = endsOf(nodes, signatureOf(artifacts));
  delete (modelFields as {getWeightStream?: unknown}).getWeightStream;
  const graph = new Graph(nodes, constants, ends, topologyFields, modelFields);
  verify(graph);
  return graph;
}

/** GraphModel declares its artifacts private, but offers nothing else that holds the topology. */
export function artifactsOf(model: GraphModel): io.ModelArtifacts {
  // Callers without types may pass anything.
  const {artifacts} = (model ?? {}) as unknown as {artifacts?: io.ModelArtifacts};
  if (artifacts?.modelTopology === undefined) {
    throw new DfqError(
      'this is no loaded model; pass what loadGraphModel() or loadLayersModel() returns',
    );
  }
  return artifacts;
}

function importNode({name, op, input = [], attr = {}, ...rest}: NodeDef): Node {
  return {name, op, inputs: [...input], attrs: {...attr}, rest};
}

function signatureOf(artifacts: io.ModelArtifacts): Signature {
  const metadata = artifacts.userDefinedMetadata as {signature?: Signature} | undefined;
  return metadata?.signature ?? artifacts.signature ?? {};
}

/** Names of the nodes at both ends, as tfjs finds them: by signature, else all that are open. */
function endsOf(nodes: readonly Node[], {inputs = {}, outputs = {}}: Signature) {
  const names = new Set(nodes.map(({name}) => name));
  const named = (infos: Readonly<Record<string, TensorInfo>>) => [
    ...new Set(
      Object.entries(infos)
        .map(([key, info]) => parseRef(info.name ?? key).node)
        .filter(name => names.has(name)),
    ),
  ];
  const used = new Set(nodes.flatMap(({inputs}) => inputs.map(ref => parseRef(ref).node)));
  const placeholders = nodes.filter(({op}) => op.startsWith('Placeholder')).map(({name}) => name);
  const open = nodes.filter(({name}) => !used.has(name)).map(({name}) => name);
  const [fed, returned] = [named(inputs), named(outputs)];
  return {
    inputs: fed.length > 0 ? fed : placeholders,
    outputs: returned.length > 0 ? returned : open,
  };
}

/** How a weight is stored, as its entry in the manifest tells. */
export function encodingOf({quantization}: io.WeightsManifestEntry): Encoding | undefined {
  if (quantization === undefined) return undefined;
  const {dtype, scale, min} = quantization;
  return {dtype, scale, min};
}

/** The value of a tensor, from whatever backend holds it. */
export async function readConstant(tensor: Tensor, encoding?: Encoding): Promise<Constant> {
  const {shape, dtype} = tensor;
  switch (dtype) {
    case 'float32':
      return {dtype, shape, encoding, values: new Float32Array(await tensor.data<'float32'>())};
    case 'int32':
      return {dtype, shape, encoding, values: new Int32Array(await tensor.data<'int32'>())};
    case 'bool':
      return {dtype, shape, values: Uint8Array.from(await tensor.data<'bool'>())};
    case 'string':
      return {dtype, shape, values: (await tensor.bytes()) as Uint8Array[]};
    case 'complex64':
      return {dtype, shape, values: await readComplex(tensor)};
  }
}

async function readComplex(tensor: Tensor): Promise<Float32Array> {
  const parts = tidy(() => [real(tensor), imag(tensor)]);
  const [re, im] = await Promise.all(parts.map(part => part.data<'float32'>()));
  for (const part of parts) part.dispose();
  return Float32Array.from({length: 2 * re.length}, (_, i) => (i % 2 === 0 ? re : im)[i >> 1]);
}
