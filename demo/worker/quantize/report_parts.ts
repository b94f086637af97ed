import type {ReportSection} from '../../../plots/index.js';
import {inWords} from './words.js';
import {neededInt8} from './workbench.js';

/** The report of the quantized model as HTML, part by part: plots are drawn here, not in the page. */
async function drawReport(): Promise<ReportSection[]> {
  const {report} = neededInt8();
  return inWords(async () => {
    const {reportSections, plotDocument} = await import('./drawing.js');
    return reportSections(report, plotDocument());
  }, 'The model is quantized all the same: save it, and look at the report in its zip.');
}

export const reportOperations = {drawReport};
