import {GraphModel} from '@tensorflow/tfjs-converter';
import type {io} from '@tensorflow/tfjs-core';
import {encodeConstant} from './encode_constant.js';
import type {Graph, Node} from './graph.js';

/** The graph as any tfjs IO handler saves and loads it. */
export function exportArtifacts(graph: Graph): io.ModelArtifacts {
  const encoded = [...graph.constants].map(([name, constant]) => encodeConstant(name, constant));
  return {
    format: 'graph-model',
    ...graph.modelFields,
    modelTopology: {node: graph.nodes.map(exportNode), ...graph.topologyFields},
    weightSpecs: encoded.map(({spec}) => spec),
    weightData: concatenate(encoded.map(({bytes}) => bytes)),
  };
}

/** A GraphModel that runs the graph; its weights live on the current backend until it is disposed. */
export async function exportModel(graph: Graph): Promise<GraphModel> {
  const model = new GraphModel(handlerOf(exportArtifacts(graph)));
  await model.load();
  return model;
}

/** An IO handler that loads from memory. */
export function handlerOf(artifacts: io.ModelArtifacts): io.IOHandler {
  return {load: () => Promise.resolve(artifacts)};
}

function exportNode({name, op, inputs, attrs, rest}: Node) {
  return {name, op, ...(inputs.length > 0 ? {input: [...inputs]} : {}), attr: {...attrs}, ...rest};
}

function concatenate(parts: readonly Uint8Array[]): ArrayBuffer {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes.buffer;
}
