import type {ReportData} from '../../src/report/report.js';
import {chartsOf} from './charts.js';
import {escapeHtml} from './html.js';
import {floatTable, layerTable, opTable, passTable} from './tables.js';

/** A part of the page below its figures. */
export interface ReportSection {
  readonly title: string;
  /** A sentence below the title. */
  readonly text?: string;
  /** Figures and tables, of the classes that the page's style sheet knows. */
  readonly html: string;
}

/**
 * What {@link reportPage} shows below its figures, part by part, for pages that show a report among other
 * things. Parts that the report has no figures for are left out.
 *
 * @param document what makes the plots' elements; the page's where there is one
 * @throws Error where there is no document
 */
export function reportSections(report: ReportData, document?: Document): ReportSection[] {
  const charts = chartsOf(report, document);
  const sections: ReportSection[] = [
    {
      title: 'Channel ranges, before and after equalization',
      text: 'Cross-layer equalization evens out the ranges of channels without changing what the model computes (Nagel 2019, §4.1).',
      html: charts.ranges,
    },
    {
      title: 'Noise on the probe',
      text: 'Measured on generated inputs, not on real ones.',
      html: charts.noise,
    },
    {
      title: 'Layers',
      text: 'SQNR of the rounded weights, of the result on the probe, and of its own grid alone; the median channel’s range as a share of the widest, before and after equalization.',
      html: report.layers.length > 0 ? layerTable(report) : '',
    },
    {title: 'What stayed float', html: floatTable(report)},
    {title: 'Work and size', html: charts.cost},
    {title: 'Passes', html: passTable(report)},
    {title: 'Operations of the result', html: opTable(report)},
  ];
  return sections.filter(({html}) => html !== '');
}

export function sectionHtml({title, text, html}: ReportSection): string {
  const intro = text === undefined ? '' : `<p>${escapeHtml(text)}</p>`;
  return `<section><h2>${escapeHtml(title)}</h2>${intro}${html}</section>`;
}
