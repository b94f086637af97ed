import {readFile, stat} from 'node:fs/promises';
import path from 'node:path';

/** Where the files of one model come from. */
export interface ModelSource {
  /** Path or URL of model.json, for messages. */
  location: string;
  /** Path or URL of a weight file that model.json lists. */
  locate(shard: string): string;
  /** @throws Error that names `location` and says why it cannot be read */
  read(location: string): Promise<Uint8Array>;
}

/** A model in a folder: `modelPath` is its model.json, or the folder that holds one. */
export async function fileSource(modelPath: string): Promise<ModelSource> {
  const resolved = path.resolve(modelPath);
  const location = (await isFolder(resolved)) ? path.join(resolved, 'model.json') : resolved;
  const folder = path.dirname(location);
  return {location, locate: shard => path.join(folder, shard), read: readLocalFile};
}

async function isFolder(location: string): Promise<boolean> {
  return (await stat(location).catch(() => undefined))?.isDirectory() ?? false;
}

async function readLocalFile(location: string): Promise<Uint8Array> {
  try {
    return await readFile(location);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new Error(`file '${location}' does not exist`);
    throw new Error(`cannot read '${location}': ${(error as Error).message}`);
  }
}

/** A model behind http:// or https://. Weight files inherit the query of model.json's URL, as in tf.io.http. */
export function httpSource(url: string): ModelSource {
  return {
    location: url,
    locate(shard) {
      const located = new URL(shard, url);
      located.search = new URL(url).search;
      return located.href;
    },
    read: download,
  };
}

async function download(url: string): Promise<Uint8Array> {
  const response = await fetch(url).catch((error: Error) => {
    const {message, code} = (error.cause ?? error) as NodeJS.ErrnoException;
    throw new Error(`cannot fetch '${url}': ${message || code}`);
  });
  if (!response.ok)
    throw new Error(`cannot fetch '${url}': HTTP ${response.status} ${response.statusText}`);
  return new Uint8Array(await response.arrayBuffer());
}
