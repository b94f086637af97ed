import {type OutputFiles, writeFiles} from '../output_files.js';
import {plotContents} from '../plot_file.js';
import type {Terminal} from '../terminal.js';

/** A finished study in all its forms. */
export interface StudyForms {
  readonly table: string;
  readonly json: object;
  readonly plot: (document: Document) => SVGSVGElement;
}

/** Prints the table; writes JSON and plot where they are asked for, both or neither. */
export async function writeStudy(
  {table, json, plot}: StudyForms,
  files: OutputFiles,
  {out}: Terminal,
): Promise<void> {
  const contents = new Map<string, string | Uint8Array>();
  if (files.json !== undefined) contents.set(files.json, `${JSON.stringify(json, null, 2)}\n`);
  if (files.plot !== undefined) contents.set(files.plot, await plotContents(files.plot, plot));
  out.write(`${table}\n`); // first: hours of work are not lost to a full disk
  await writeFiles(contents);
}
