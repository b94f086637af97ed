import type {Encoding} from '../../src/report/encoding.js';
import {bytes, count, dB, medianShare} from '../../src/report/format.js';
import type {LayerReport} from '../../src/report/layer_reports.js';
import type {ReportData} from '../../src/report/report.js';
import {grouped, type RewriteGroup, tally} from '../../src/report/rewrites.js';
import {worstLayers} from '../../src/report/worst_layers.js';
import {escapeHtml} from './html.js';

interface Cell {
  readonly text: string;
  /** What the column is sorted by, where that is not its text; none sorts to the end. */
  readonly value?: number;
  readonly kind?: 'figure' | 'words';
  readonly mark?: string;
}

/** What became of each layer, sortable. */
export function layerTable({layers}: ReportData): string {
  const worst = worstLayers(layers);
  const rows = layers.map(layer => layerRow(layer, worst.has(layer)));
  const heads = [
    ...['layer', 'activations', 'weights', 'own grid', 'median channel before', 'after', 'runs in'],
    ...['operation', 'MACs', 'bytes', 'statistics', 'filter', 'input', 'output'],
  ];
  return table(heads, rows, 'sortable', 'Layers');
}

function layerRow(layer: LayerReport, isWorst: boolean): Cell[] {
  const {name, op, decision, macs, reason, weights, channelRanges} = layer;
  const share = ([, , median, , max]: readonly number[]) => median / max;
  return [
    {text: name},
    {
      text: dB(layer.activationSqnr) + (isWorst ? ' ◄ worst' : ''),
      value: layer.activationSqnr,
      kind: 'figure',
      mark: isWorst ? 'worst' : undefined,
    },
    decision === 'int8' && layer.weightSqnr === undefined
      ? {text: 'exact', value: Infinity, kind: 'figure'}
      : {text: dB(layer.weightSqnr), value: layer.weightSqnr, kind: 'figure'},
    {text: dB(layer.gridSqnr), value: layer.gridSqnr, kind: 'figure'},
    ...[channelRanges?.before, channelRanges?.after].map((own): Cell =>
      own
        ? {text: medianShare(own), value: share(own), kind: 'figure'}
        : {text: '–', kind: 'figure'},
    ),
    {text: decision === 'int8' ? decision : `${decision}: ${reason ?? ''}`, mark: decision},
    {text: op},
    {text: count(macs), value: macs, kind: 'figure'},
    {text: bytes(layer.bytes.int8), value: layer.bytes.int8, kind: 'figure'},
    {text: layer.statistics ?? '–'},
    {text: weights ? `${weights.bits} bits, ${weights.granularity}` : '–'},
    {text: grid(layer.input)},
    {text: grid(layer.output)},
  ];
}

function grid(encoding: Encoding | undefined): string {
  if (encoding === undefined) return '–';
  return `${encoding.bits} bits, ${encoding.scale} · (q − ${encoding.zeroPoint})`;
}

/** Passes with what they did and how long they took; below, what each left alone and why. */
export function passTable({passes}: ReportData): string {
  const isTimed = passes.some(({milliseconds}) => milliseconds !== undefined);
  const rows = passes.map(({pass, rewrites, milliseconds}): Cell[] => {
    const {done, left, remarks} = tally(rewrites);
    const time =
      milliseconds === undefined ? '–' : `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`;
    return [
      {text: pass},
      {text: String(done), value: done, kind: 'figure'},
      {text: String(left.length), value: left.length, kind: 'figure'},
      ...(isTimed ? [{text: time, value: milliseconds, kind: 'figure' as const}] : []),
      {text: remarks.join('; '), kind: 'words'},
    ];
  });
  const details = passes.map(({pass, rewrites}) => {
    const groups = grouped(rewrites.filter(({node}) => node !== ''));
    return groups.length === 0 ? '' : groupDetails(pass, groups);
  });
  const heads = ['pass', 'done', 'left alone', ...(isTimed ? ['time'] : []), 'summary'];
  return table(heads, rows, '', 'Passes') + details.join('');
}

function groupDetails(title: string, groups: readonly RewriteGroup[]): string {
  const places = groups.reduce((sum, {nodes}) => sum + nodes.length, 0);
  const items = groups.map(
    ({done, text, nodes}) =>
      `<li>${done ? '' : '<strong>left alone:</strong> '}${escapeHtml(text)}: ${escapeHtml(nodes.join(', '))}</li>`,
  );
  return (
    `<details><summary>${escapeHtml(title)}: ${places} ${places === 1 ? 'place' : 'places'}</summary>` +
    `<ul>${items.join('')}</ul></details>`
  );
}

/** Everything that stayed float, by reason. */
export function floatTable({layers, floatNodes}: ReportData): string {
  const stayed = [
    ...layers
      .filter(({decision}) => decision === 'float')
      .map(({name, op, reason = ''}) => ({name, op, reason})),
    ...floatNodes,
  ];
  if (stayed.length === 0) return '<p>Nothing.</p>';
  const groups = grouped(
    stayed.map(({name, op, reason}) => ({node: `${name} (${op})`, done: false, text: reason})),
  );
  const rows = groups.map(({text, nodes}): Cell[] => [
    {text},
    {text: String(nodes.length), value: nodes.length, kind: 'figure'},
    {text: nodes.join(', '), kind: 'words'},
  ]);
  return table(['because', 'nodes', 'which'], rows, '', 'What stayed float');
}

/** Nodes of the result by operation. */
export function opTable({ops}: ReportData): string {
  const rows = Object.entries(ops).map(([op, nodes]): Cell[] => [
    {text: op},
    {text: String(nodes), value: nodes, kind: 'figure'},
  ]);
  return table(['operation', 'nodes'], rows, '', 'Operations');
}

/** The first cell of a row is its head. */
function table(
  heads: readonly string[],
  rows: readonly (readonly Cell[])[],
  kind: string,
  label: string,
): string {
  const isFigure = (column: number) => rows.some(row => row[column].kind === 'figure');
  const head = heads.map(
    (text, i) => `<th scope="col"${isFigure(i) ? ' class="figure"' : ''}>${escapeHtml(text)}</th>`,
  );
  const body = rows.map(row => `<tr>${row.map(cellHtml).join('')}</tr>`);
  return (
    `<div class="scroll" role="region" tabindex="0" aria-label="${escapeHtml(label)}">` +
    `<table${kind === '' ? '' : ` class="${kind}"`}><thead><tr>${head.join('')}</tr></thead>` +
    `<tbody>${body.join('')}</tbody></table></div>`
  );
}

function cellHtml({text, value, kind, mark}: Cell, column: number): string {
  const classes = [kind, mark].filter(Boolean).join(' ');
  const attributes =
    (classes === '' ? '' : ` class="${classes}"`) +
    (kind === 'figure' ? ` data-value="${value ?? ''}"` : '');
  return column === 0
    ? `<th scope="row">${escapeHtml(text)}</th>`
    : `<td${attributes}>${escapeHtml(text)}</td>`;
}
