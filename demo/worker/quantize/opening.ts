import {loadGraphModel} from '@tensorflow/tfjs-converter';
import {io} from '@tensorflow/tfjs-core';
import modelUrl from '../../../models/pictograms/model.json?url';
import weightsUrl from '../../../models/pictograms/weights.bin?url';
import {loadModel} from '../../../node/load_model.js';
import type {ModelSource} from '../../../node/model_source.js';
import {reportOf, type ReportJson, toGraphModel} from '../../../src/index.js';
import {isLayersTopology} from '../../../src/layers/layers_model.js';
import {isInt8Op} from '../../../src/report/ops.js';
import type {Call} from '../../common/rpc.js';
import {UserError} from '../../common/user_error.js';
import {useBackend} from '../backend.js';
import {fileSource, type GivenFile} from './file_source.js';
import {type InputFacts, ModelInputs} from './inputs.js';
import {storeUrl} from './stored.js';
import {urlSource} from './url_source.js';
import {inWords} from './words.js';
import {place} from './workbench.js';

/** Where a model comes from. */
export type ModelOrigin =
  | {readonly kind: 'example'}
  | {readonly kind: 'files'; readonly files: readonly GivenFile[]}
  | {readonly kind: 'url'; readonly url: string}
  /** In this browser's IndexedDB, by name. */
  | {readonly kind: 'stored'; readonly name: string};

/** A model as it was opened. */
export interface OpenedModel {
  readonly name: string;
  readonly format: 'GraphModel' | 'LayersModel';
  readonly inputs: readonly InputFacts[];
  /** Of a model that is INT8 already, there is nothing to quantize. */
  readonly report?: ReportJson;
}

const REMEDY = 'Convert the model again with tensorflowjs_converter, or save it again with tf.js.';

/**
 * Puts a model on the bench.
 *
 * @throws UserError that says what is missing or wrong, and what to do
 */
async function openModel(origin: ModelOrigin, {signal}: Call): Promise<OpenedModel> {
  return inWords(async () => {
    await useBackend('wasm');
    const {name, artifacts} = await artifactsOf(origin, signal);
    signal.throwIfAborted();
    const isLayers = isLayersTopology(artifacts.modelTopology);
    const model = isLayers
      ? await toGraphModel(artifacts)
      : await loadGraphModel({load: async () => checked(artifacts, name)});
    const isInt8 = !isLayers && nodesOf(artifacts).some(({op}) => isInt8Op(op));
    const report = isInt8 ? reportOf(model) : undefined;
    const inputs = (await ModelInputs.of(model)).facts({});
    place(report === undefined ? {float: {name, model}} : {int8: {name, model, report}});
    const format = isLayers ? 'LayersModel' : 'GraphModel';
    return {name, format, inputs, report: report?.toJSON()};
  }, REMEDY);
}

interface Loaded {
  readonly name: string;
  readonly artifacts: io.ModelArtifacts;
}

async function artifactsOf(origin: ModelOrigin, signal: AbortSignal): Promise<Loaded> {
  switch (origin.kind) {
    case 'example':
      return {name: 'pictograms', artifacts: await loadModel(exampleSource(signal))};
    case 'files':
      return loaded(await fileSource(origin.files));
    case 'url':
      return loaded(urlSource(origin.url, signal));
    case 'stored':
      return {name: origin.name, artifacts: await storedArtifacts(origin.name)};
  }
}

async function loaded(source: ModelSource): Promise<Loaded> {
  return {name: nameOf(source.location), artifacts: await loadModel(source)};
}

/** Files of the pages have other names once they are built. */
function exampleSource(signal: AbortSignal): ModelSource {
  const {read} = urlSource(new URL(modelUrl, import.meta.url).href, signal);
  return {
    location: new URL(modelUrl, import.meta.url).href,
    locate: () => new URL(weightsUrl, import.meta.url).href,
    read,
  };
}

async function storedArtifacts(name: string): Promise<io.ModelArtifacts> {
  const [handler] = io.getLoadHandlers(storeUrl(name));
  if (handler.load === undefined) throw new Error(`'${name}' cannot be loaded`);
  return handler.load();
}

/** The folder of its model.json, or the file, or the host. */
function nameOf(location: string): string {
  const parts = location.split(/[/\\?#]/).filter(part => part !== '' && part !== 'model.json');
  return (parts.at(-1) ?? 'model').replace(/\.json$/, '');
}

function nodesOf({modelTopology}: io.ModelArtifacts): ReadonlyArray<{readonly op: string}> {
  const {node} = (modelTopology ?? {}) as {node?: unknown};
  return Array.isArray(node) ? (node as Array<{op: string}>) : [];
}

function checked(artifacts: io.ModelArtifacts, name: string): io.ModelArtifacts {
  if (nodesOf(artifacts).length > 0) return artifacts;
  throw new UserError(
    `'${name}' is neither a GraphModel nor a LayersModel: it has no nodes and no layers`,
    'Give the model.json that tensorflowjs_converter or model.save() wrote.',
  );
}

export const openingOperations = {openModel};
