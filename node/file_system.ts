import {io} from '@tensorflow/tfjs-core';
import {loadModel} from './load_model.js';
import {fileSource} from './model_source.js';
import {saveModel} from './save_model.js';

const SCHEME = 'file://';

/** Marks our handlers, so that a second copy of this package in the process does not register again. */
const BRAND = Symbol.for('tfjs-dfq.file-system');

/** Models in folders of the local file system, in the format of the tfjs converter. */
class FileSystem implements io.IOHandler {
  readonly [BRAND] = true;

  /** @param location of the folder, or, to load, of its model.json */
  constructor(private readonly location: string) {}

  async load(): Promise<io.ModelArtifacts> {
    return loadModel(await fileSource(this.location));
  }

  async save(artifacts: io.ModelArtifacts): Promise<io.SaveResult> {
    const saved = await saveModel(this.location, artifacts);
    return {modelArtifactsInfo: io.getModelArtifactsInfoForJSON(saved)};
  }
}

/**
 * The path in a file:// URL. As in tfjs-node, what follows the scheme is the path itself, relative
 * or absolute, and not percent-encoded; the slash before a drive letter is dropped.
 */
export function pathOfUrl(url: string): string {
  return url.slice(SCHEME.length).replace(/^\/(?=[A-Za-z]:)/, '');
}

type GetHandlers = (url: string) => io.IOHandler[];

/**
 * A router for file:// that steps back when any other one takes the URL: tfjs refuses to choose
 * between two, and an application with tfjs-node expects that package's handler.
 */
function makeRouter(getHandlers: GetHandlers) {
  let asking = false; // getHandlers asks every router, this one too
  return (url: string | string[]): io.IOHandler | null => {
    if (asking || typeof url !== 'string' || !url.startsWith(SCHEME)) return null;
    asking = true;
    try {
      if (getHandlers(url).length > 0) return null;
    } finally {
      asking = false;
    }
    return new FileSystem(pathOfUrl(url));
  };
}

/** Let `model.save('file://folder')` and `loadGraphModel('file://folder/model.json')` work in Node. */
export function registerFileSystem(): void {
  if (io.getLoadHandlers(SCHEME).some(handler => BRAND in handler)) return;
  // tfjs declares IOHandler as the result of a router, but documents and tests for null
  io.registerLoadRouter(makeRouter(io.getLoadHandlers) as (url: string | string[]) => io.IOHandler);
  io.registerSaveRouter(makeRouter(io.getSaveHandlers) as (url: string | string[]) => io.IOHandler);
}
