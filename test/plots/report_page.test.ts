import {parseHTML} from 'linkedom';
import {plotDocument} from '../../cli/plot_file.js';
import {layerRangePlot, reportPage} from '../../plots/index.js';
import {shortened, shortNames} from '../../plots/report_page/html.js';
import type {ReportData} from '../../src/report/report.js';
import {handmadeReport} from '../src/report/report_data.js';

const pageOf = (changes: Partial<ReportData> = {}, title = 'My <model>') =>
  reportPage(handmadeReport(changes), {document: plotDocument(), title});

/** Without the script. */
const markupOf = (html: string) => html.replace(/<script>[^]*/, '');

const textsOf = (root: ParentNode, selector: string) =>
  [...root.querySelectorAll(selector)].map(({textContent}) => textContent ?? '');

describe('reportPage', () => {
  const html = pageOf();
  const {document} = parseHTML(html);

  it('needs nothing else', () => {
    expect(html).not.toMatch(/https?:|\/\/[a-z]|url\(|@import|<link|<img|<iframe| src=/i);
    expect(html.startsWith('<!doctype html>\n<html lang="en">')).toBe(true);
    expect(document.querySelector('meta[name=viewport]')).not.toBeNull();
  });

  it('shows names as they are, and runs none of them', () => {
    expect(document.querySelector('h1')?.textContent).toBe('My <model>');
    expect(document.querySelectorAll('script').length).toBe(1);
    expect(textsOf(document, 'table.sortable tbody th')).toEqual(
      handmadeReport().layers.map(({name}) => name),
    );
  });

  it('has a row a layer, with values to sort by and the worst one marked', () => {
    const table = document.querySelector('table.sortable');
    const heads = textsOf(table as Element, 'thead th');
    expect(heads.slice(0, 4)).toEqual(['layer', 'activations', 'weights', 'own grid']);
    const cells = [...(table as Element).querySelectorAll('tbody tr')].map(row =>
      [...row.children]
        .slice(1, 4)
        .map(cell => [cell.textContent, cell.getAttribute('data-value')]),
    );
    expect(cells).toEqual([
      [['38.1 dB', '38.1'], ['40.2 dB', '40.2'], ['44.0 dB', '44']], // prettier-ignore
      [['9.4 dB ◄ worst', '9.4'], ['exact', 'Infinity'], ['–', '']], // prettier-ignore
      [['–', ''], ['–', ''], ['–', '']], // prettier-ignore
    ]);
    expect(textsOf(table as Element, 'tbody tr:first-child td')).toContain(
      '8 bits, 0.02 · (q − -128)',
    );
  });

  it('draws each plot for wide and for narrow screens, with a name for those who do not see it', () => {
    const figures = [...document.querySelectorAll('figure')];
    const names = figures.map(figure =>
      [...figure.querySelectorAll('svg')].map(svg => svg.getAttribute('aria-label')),
    );
    expect(names).toEqual(
      [
        'Channels of the layer evened out most',
        'Channel ranges by layer',
        'Signal to quantization noise by layer',
        'Work by layer',
        'Bytes by layer',
      ].map(name => [name, name]),
    );
    for (const svg of document.querySelectorAll('svg[role]')) {
      const width = Number(svg.getAttribute('width'));
      expect(svg.parentElement?.className).toBe(width > 400 ? 'wide' : 'narrow');
      expect(svg.getAttribute('role')).toBe('img');
    }
    expect(markupOf(html)).not.toContain('NaN');
  });

  it('has totals, reasons and passes', () => {
    expect(textsOf(document, '.tiles dd').map(text => text.slice(0, 8))).toEqual([
      '2 of 3',
      '66.7 %of',
      '2.6 kB0.',
      '25.5 dBn',
    ]);
    const text = document.querySelector('main')?.textContent ?? '';
    expect(text).toContain('it is to be skipped');
    expect(text).toContain('net/y (Softmax)');
    expect(text).toContain('pixels are taken to be pixels');
    expect(textsOf(document, 'details').join()).toContain(
      "left alone: Softmax does not commute with scales ('net/z'): net/c",
    );
  });

  it('leaves out what it has no figures for', () => {
    const bare = pageOf({
      layers: [],
      floatNodes: [],
      outputs: [],
      notes: [],
      channels: undefined,
      totals: {macs: 0, int8Macs: 0, floatBytes: 0, int8Bytes: 0},
    });
    const page = parseHTML(bare).document;
    expect(textsOf(page, 'h2')).toEqual([
      'What stayed float',
      'Passes',
      'Operations of the result',
    ]);
    expect(page.querySelectorAll('svg').length).toBe(0);
    expect(markupOf(bare)).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('says that it needs a document', () => {
    expect(() => reportPage(handmadeReport())).toThrow('plots need a document');
  });
});

describe('layerRangePlot', () => {
  it('draws every box, and tells the numbers', () => {
    const svg = layerRangePlot(
      {
        title: 'Ranges',
        valueLabel: 'share',
        series: ['before', 'after'],
        rows: [
          {
            label: 'conv',
            boxes: [
              [0.001, 0.01, 0.02, 0.1, 1],
              [0.5, 0.6, 0.7, 0.8, 1],
            ],
          },
        ],
      },
      {document: plotDocument()},
    );
    expect(textsOf(svg, 'title')).toEqual([
      'conv, before: 0.1 % to 100 %, median 2 %',
      'conv, after: 50 % to 100 %, median 70 %',
    ]);
    const shown = textsOf(svg, 'text');
    for (const text of ['0.1 %', '100 %', 'conv', 'share']) expect(shown).toContain(text);
  });
});

describe('names on plots', () => {
  it('lose what all have in common', () => {
    expect(shortNames(['net/a/Conv2D', 'net/b/depthwise'])).toEqual(['a', 'b']);
    expect(shortNames(['net/a/x', 'net/a/y'])).toEqual(['x', 'y']);
    expect(shortNames(['a/Conv2D', 'b'])).toEqual(['a/Conv2D', 'b']);
    expect(shortNames(['one/name'])).toEqual(['one']);
    expect(shortNames([])).toEqual([]);
  });

  it('keep beginning and end where they are cut', () => {
    expect(shortened('short', 9)).toBe('short');
    expect(shortened('convolution_12', 9)).toBe('co…ion_12');
  });
});
