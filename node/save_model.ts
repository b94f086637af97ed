import {lstat, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile} from 'node:fs/promises';
import path from 'node:path';
import type {io} from '@tensorflow/tfjs-core';
import {encodeFiles, gatherWeights, MODEL_JSON, type ModelFiles} from './model_files.js';

/**
 * Write model.json and its weight files into `folder`, all or nothing.
 *
 * The files are written in a temporary folder on the same file system and then moved: a failure
 * leaves `folder` as it was, and a crash between two moves leaves it without model.json rather
 * than with a wrong one. A model that was there is replaced, weight files included; every other
 * file stays.
 *
 * @returns the artifacts with their weights gathered
 * @throws Error that names the folder
 */
export async function saveModel(
  folder: string,
  artifacts: io.ModelArtifacts,
): Promise<io.ModelArtifacts> {
  const target = path.resolve(folder);
  try {
    const weights = await gatherWeights(artifacts);
    const files = encodeFiles(artifacts, weights);
    const found = await stat(target).catch(() => undefined);
    if (found && !found.isDirectory()) throw new Error('it is a file; name a folder');
    await (found ? replaceIn(target, files) : createAt(target, files));
    return {...artifacts, weightData: weights.buffer};
  } catch (error) {
    throw new Error(`cannot save the model in '${target}': ${(error as Error).message}`);
  }
}

/** Make a folder that does not exist yet, with all missing parents, in one move. */
async function createAt(target: string, files: ModelFiles): Promise<void> {
  const parent = await nearestFolder(path.dirname(target));
  const inside = path.relative(parent, target);
  const first = inside.split(path.sep)[0];
  const stage = await mkdtemp(path.join(parent, '.dfq-'));
  try {
    await writeFiles(path.join(stage, inside), files);
    await rename(path.join(stage, first), path.join(parent, first));
  } finally {
    await rm(stage, {recursive: true, force: true});
  }
}

async function nearestFolder(folder: string): Promise<string> {
  const found = await stat(folder).catch(() => undefined);
  if (found) return folder;
  const parent = path.dirname(folder);
  if (parent === folder) throw new Error(`there is no '${folder}'`);
  return nearestFolder(parent);
}

async function writeFiles(folder: string, files: ModelFiles): Promise<void> {
  await mkdir(folder, {recursive: true});
  for (const [name, contents] of files) await writeFile(path.join(folder, name), contents);
}

/** Put the files into a folder that exists; the stage lies inside it, since its parent may be another file system. */
async function replaceIn(target: string, files: ModelFiles): Promise<void> {
  const stage = await mkdtemp(path.join(target, '.dfq-'));
  const fresh = path.join(stage, 'new');
  const old = path.join(stage, 'old');
  const moves = new Moves();
  try {
    await writeFiles(fresh, files);
    await mkdir(old);
    const replaced = new Set([...(await filesOfModel(target)), ...files.keys()]);
    for (const name of replaced) await moveAway(moves, path.join(target, name), old);
    for (const name of files.keys())
      await moves.move(path.join(fresh, name), path.join(target, name));
  } catch (error) {
    await moves.undo(); // where even this fails, the stage keeps the old files
    await rm(stage, {recursive: true, force: true});
    throw error;
  }
  await rm(stage, {recursive: true, force: true});
}

async function moveAway(moves: Moves, file: string, folder: string): Promise<void> {
  const found = await lstat(file).catch(() => undefined);
  if (!found) return;
  if (found.isDirectory()) throw new Error(`'${file}' is a folder`);
  await moves.move(file, path.join(folder, path.basename(file)));
}

/** model.json first, then the weight files beside it that it lists; empty without a readable model.json. */
async function filesOfModel(folder: string): Promise<string[]> {
  try {
    const json = JSON.parse(await readFile(path.join(folder, MODEL_JSON), 'utf8')) as io.ModelJSON;
    const shards = json.weightsManifest.flatMap(group => group.paths);
    return [MODEL_JSON, ...shards.filter(name => path.basename(name) === name)];
  } catch {
    return [MODEL_JSON];
  }
}

/** Renames that can be taken back. */
class Moves {
  private readonly done: [from: string, to: string][] = [];

  async move(from: string, to: string): Promise<void> {
    await rename(from, to);
    this.done.push([from, to]);
  }

  async undo(): Promise<void> {
    for (const [from, to] of this.done.reverse()) await rename(to, from);
  }
}
