import {io} from '@tensorflow/tfjs-core';
import {inWords} from './words.js';
import {neededInt8} from './workbench.js';

const SCHEME = 'indexeddb://';

/** The address of a model in this browser's IndexedDB. */
export function storeUrl(name: string): string {
  return SCHEME + name;
}

const REMEDY =
  'Allow this site to store data (a private window may not), make room, or save the model as a file.';

/** Keeps the quantized model in this browser, in place of one of the same name. */
async function storeModel(name: string): Promise<void> {
  const {model} = neededInt8();
  await inWords(() => model.save(storeUrl(name)), REMEDY);
}

/** Names of the models that this browser keeps for this site. */
async function storedModels(): Promise<string[]> {
  const models = await inWords(() => io.listModels(), REMEDY);
  return Object.keys(models).flatMap(url =>
    url.startsWith(SCHEME) ? [url.slice(SCHEME.length)] : [],
  );
}

async function removeStored(name: string): Promise<void> {
  await inWords(() => io.removeModel(storeUrl(name)), REMEDY);
}

export const storeOperations = {storeModel, storedModels, removeStored};
