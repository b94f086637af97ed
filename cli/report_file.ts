import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import type {Report} from '../node/index.js';
import {plotDocument} from './plot_file.js';

const FORMATS = ['.html', '.json', '.txt'];

/** @throws Error where the name does not end on a format that reports have */
export function checkReportFile(file: string): void {
  if (FORMATS.includes(extensionOf(file))) return;
  throw new Error(`the report '${file}' must end on ${FORMATS.join(', ')}`);
}

/**
 * Writes a report in the format that the file's name ends on.
 *
 * @param title name of the model
 */
export async function writeReport(file: string, report: Report, title: string): Promise<void> {
  const contents = await contentsOf(extensionOf(file), report, title);
  await writeFile(file, contents).catch((error: Error) => {
    throw new Error(`cannot write the report to '${path.resolve(file)}': ${error.message}`);
  });
}

function extensionOf(file: string): string {
  return path.extname(file).toLowerCase();
}

async function contentsOf(extension: string, report: Report, title: string): Promise<string> {
  if (extension === '.json') return `${JSON.stringify(report, null, 2)}\n`;
  if (extension === '.txt') return `${report.toString()}\n`;
  const {reportPage} = await import('../plots/index.js'); // takes a while to load
  return reportPage(report, {document: plotDocument(), title});
}

/** What a model is called: the folder of its model.json, or the file, or the host. */
export function titleOf(location: string): string {
  const parts = location.split(/[/\\?#]/).filter(part => part !== '' && part !== 'model.json');
  return parts.at(-1) ?? location;
}
