import {mkdtemp, rename, rm, stat, writeFile} from 'node:fs/promises';
import path from 'node:path';

/** Files that a study writes. */
export interface OutputFiles {
  json?: string;
  /** .svg or .png */
  plot?: string;
}

/**
 * Before the work, which may take long: can the files be written?
 *
 * @throws Error that names the option
 */
export async function checkOutputFiles({json, plot}: OutputFiles): Promise<void> {
  if (plot !== undefined && !/\.(svg|png)$/i.test(plot))
    throw new Error(`--plot '${plot}' must end on .svg or .png`);
  for (const [option, file] of Object.entries({json, plot})) {
    if (file === undefined) continue;
    const [parent, target] = await Promise.all(
      [path.dirname(path.resolve(file)), file].map(name => stat(name).catch(() => undefined)),
    );
    if (!parent?.isDirectory())
      throw new Error(`--${option} '${file}' is in a folder that does not exist; make it first`);
    if (target?.isDirectory()) throw new Error(`--${option} '${file}' is a folder; name a file`);
  }
}

/**
 * Writes all files or none: each is complete beside its place before the first is moved there.
 *
 * @param files name → contents
 * @throws Error that names the file
 */
export async function writeFiles(files: ReadonlyMap<string, string | Uint8Array>): Promise<void> {
  const stages: string[] = [];
  try {
    const moves: [from: string, to: string][] = [];
    for (const [file, contents] of files) {
      const target = path.resolve(file);
      const stage = await mkdtemp(path.join(path.dirname(target), '.dfq-'));
      stages.push(stage);
      const staged = path.join(stage, path.basename(target));
      await writeFile(staged, contents);
      moves.push([staged, target]);
    }
    for (const [from, to] of moves) await rename(from, to);
  } catch (error) {
    throw new Error(`cannot write ${[...files.keys()].join(', ')}: ${(error as Error).message}`);
  } finally {
    await Promise.all(stages.map(stage => rm(stage, {recursive: true, force: true})));
  }
}
