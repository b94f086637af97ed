import {reportOf} from '../../node/index.js';
import {useBackend} from '../backends.js';
import {loadGraph} from '../models.js';
import {checkReportFile, titleOf, writeReport} from '../report_file.js';
import type {Terminal} from '../terminal.js';

export interface ReportOptions {
  out?: string;
}

/** `dfq report`: the report that an INT8 model carries. */
export async function reportCommand(
  location: string,
  {out}: ReportOptions,
  terminal: Terminal,
): Promise<void> {
  if (out !== undefined) checkReportFile(out);
  await useBackend('wasm');
  const {model} = await loadGraph(location);
  try {
    const report = reportOf(model);
    if (out === undefined) {
      terminal.out.write(`${report.toString()}\n`);
      return;
    }
    await writeReport(out, report, titleOf(location));
    terminal.out.write(`wrote ${out}\n`);
  } finally {
    model.dispose();
  }
}
