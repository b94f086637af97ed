import {bytes, count, dB, percent, ratio, scheme} from '../src/report/format.js';
import type {ReportData} from '../src/report/report.js';
import {escapeHtml} from './report_page/html.js';
import {reportSections, sectionHtml} from './report_page/sections.js';
import {SORT_SCRIPT} from './report_page/sort_script.js';
import {STYLE} from './report_page/style.js';

export interface ReportPageOptions {
  /** What makes the plots' elements; the page's where there is one. */
  readonly document?: Document;
  /** Name of the model. */
  readonly title?: string;
}

/**
 * A report as one HTML page that needs nothing else: no network, no files. Plots of channel ranges and
 * of noise, and tables of layers, of what stayed float, and of passes; light and dark, for phones too.
 *
 * @throws Error where there is no document
 */
export function reportPage(
  report: ReportData,
  {document, title = 'INT8 model'}: ReportPageOptions = {},
): string {
  const body = [
    `<header><h1>${escapeHtml(title)}</h1><p>${escapeHtml(`Quantization report: ${scheme(report.options)}`)}</p></header>`,
    tiles(report),
    notes(report),
    ...reportSections(report, document).map(sectionHtml),
    '<footer>Made by tfjs-dfq. SQNR: signal to quantization noise ratio; MAC: multiply-accumulate.</footer>',
  ];
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeHtml(title)}: quantization report</title>`,
    `<style>${STYLE}</style></head><body><main>`,
    ...body,
    `</main><script>${SORT_SCRIPT}</script></body></html>`,
    '',
  ].join('\n');
}

function tiles({layers, totals, outputs}: ReportData): string {
  const {macs, int8Macs, floatBytes, int8Bytes} = totals;
  const int8 = layers.filter(({decision}) => decision === 'int8').length;
  const known = outputs.filter(({sqnr}) => sqnr !== undefined);
  const worst = known.reduce((least, {sqnr = 0}) => Math.min(least, sqnr), Infinity);
  return `<dl class="tiles">${[
    tile('int8 layers', `${int8} of ${layers.length}`, ''),
    macs > 0
      ? tile('work in int8', percent(int8Macs / macs), `of ${count(macs)} MACs`, int8Macs / macs)
      : '',
    tile(
      'weights on disk',
      bytes(int8Bytes),
      `${ratio(int8Bytes, floatBytes)} × ${bytes(floatBytes)} of the float model`,
      int8Bytes / Math.max(floatBytes, 1),
    ),
    known.length > 0
      ? tile(
          known.length > 1 ? 'noisiest output on the probe' : 'output on the probe',
          dB(worst),
          known.map(({tensor, sqnr}) => `${tensor} ${dB(sqnr)}`).join(', '),
        )
      : '',
  ].join('')}</dl>`;
}

function tile(name: string, value: string, detail: string, share?: number): string {
  const bar =
    share === undefined
      ? ''
      : `<div class="bar" aria-hidden="true"><span style="width: ${(100 * Math.min(share, 1)).toFixed(1)}%"></span></div>`;
  return `<div><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}<small>${escapeHtml(detail)}</small></dd>${bar}</div>`;
}

function notes({notes}: ReportData): string {
  if (notes.length === 0) return '';
  return `<section><h2>Assumptions</h2><ul>${notes.map(note => `<li>${escapeHtml(note)}</li>`).join('')}</ul></section>`;
}
