import {unzipSync} from 'fflate';
import type {ModelSource} from '../../../node/model_source.js';
import {UserError} from '../../common/user_error.js';

/** A file and where it lies in what was dropped: 'mobilenet/model.json'. */
export interface GivenFile {
  readonly path: string;
  readonly file: Blob;
}

type Read = () => Promise<Uint8Array>;

const REMEDY =
  'Give a model.json of TensorFlow.js together with its weight files, or the folder or a zip of them.';

/**
 * A model among files of the reader's, zips included.
 *
 * @throws UserError where there is no model.json, or more than one
 */
export async function fileSource(given: readonly GivenFile[]): Promise<ModelSource> {
  const files = await expanded(given);
  const location = await findModel(files);
  const folder = location.slice(0, location.lastIndexOf('/') + 1);
  return {
    location,
    locate: shard => folder + shard.replace(/^\.\//, ''),
    read: path => {
      const read = files.get(path);
      if (read === undefined) throw new Error(`'${path}' is not among the files`);
      return read();
    },
  };
}

async function expanded(given: readonly GivenFile[]): Promise<ReadonlyMap<string, Read>> {
  const files = new Map<string, Read>();
  for (const {path, file} of given) {
    const bytes = async () => new Uint8Array(await file.arrayBuffer());
    if (!path.toLowerCase().endsWith('.zip')) {
      files.set(path, bytes);
      continue;
    }
    for (const [name, contents] of Object.entries(unzipped(path, await bytes()))) {
      files.set(name, async () => contents);
    }
  }
  return files;
}

function unzipped(path: string, bytes: Uint8Array): Record<string, Uint8Array> {
  try {
    return unzipSync(bytes, {filter: ({name}) => !/(^|\/)(__MACOSX|\.)|\/$/.test(name)});
  } catch (error) {
    throw new UserError(
      `'${path}' cannot be unpacked: ${(error as Error).message}`,
      'Zip the model’s folder again, or drop the folder itself.',
    );
  }
}

/** The one file that is a model: by its name, else by what is in it. */
async function findModel(files: ReadonlyMap<string, Read>): Promise<string> {
  const named = [...files.keys()].filter(path => /(^|\/)model\.json$/i.test(path));
  const found = named.length > 0 ? named : await modelsAmong(files);
  if (found.length === 1) return found[0];
  if (found.length > 1) {
    throw new UserError(
      `There are ${found.length} models among the files: ${found.join(', ')}`,
      'Give one of them at a time, with its weight files.',
    );
  }
  throw new UserError(`There is no TensorFlow.js model among ${listed([...files.keys()])}`, REMEDY);
}

async function modelsAmong(files: ReadonlyMap<string, Read>): Promise<string[]> {
  const found: string[] = [];
  for (const [path, read] of files) {
    if (!path.toLowerCase().endsWith('.json')) continue;
    if (new TextDecoder().decode(await read()).includes('"modelTopology"')) found.push(path);
  }
  return found;
}

function listed(names: readonly string[]): string {
  if (names.length === 0) return 'the files: there are none';
  const some = names.slice(0, 3).map(name => `'${name}'`);
  return names.length > 3 ? `${some.join(', ')} and ${names.length - 3} more` : some.join(', ');
}
