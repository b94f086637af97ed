import {bytes, count, dB, medianShare, percent, ratio, scheme} from './format.js';
import type {Rewrite} from '../passes/pass.js';
import {mixedPrecisionText} from './mixed_precision.js';
import type {Report} from './report.js';
import {grouped, tally} from './rewrites.js';
import {worstLayers} from './worst_layers.js';

/** Names that are listed after a reason. */
const NAMES = 4;

/** A report for a terminal. */
export function reportText(report: Report): string {
  return [
    ...headline(report),
    '',
    ...layerLines(report),
    ...floatLines(report),
    ...passLines(report),
  ]
    .join('\n')
    .trimEnd();
}

function headline(report: Report): string[] {
  const {layers, totals, outputs, mixedPrecision, notes, options} = report;
  const int8 = layers.filter(({decision}) => decision === 'int8').length;
  const {macs, int8Macs, floatBytes, int8Bytes} = totals;
  const share = macs > 0 ? `${percent(int8Macs / macs)} of ${count(macs)} MACs are int8; ` : '';
  const known = outputs.filter(({sqnr}) => sqnr !== undefined);
  const noise = known.map(({tensor, sqnr}) => `${tensor} ${dB(sqnr)}`);
  return [
    `${int8} of ${layers.length} layers are int8`,
    scheme(options),
    `${share}weights ${bytes(floatBytes)} → ${bytes(int8Bytes)} (${ratio(int8Bytes, floatBytes)}×)`,
    ...(noise.length > 0 ? [`SQNR of the outputs on the probe: ${listed(noise)}`] : []),
    ...(mixedPrecision ? [mixedPrecisionText(mixedPrecision, macs)] : []),
    ...notes,
  ];
}

const HEAD = [
  'layer',
  'operation',
  'MACs',
  'bytes',
  'weights',
  'activations',
  'own grid',
  'statistics',
  'median channel',
];

/**
 * A row for each layer: SQNRs in dB; the median channel's range as a share of the widest one's,
 * before and after equalization.
 */
function layerLines({layers}: Report): string[] {
  const worst = worstLayers(layers);
  const rows = layers.map(layer => [
    layer.name,
    layer.decision === 'float' ? `${layer.op} in float` : layer.op,
    count(layer.macs),
    bytes(layer.decision === 'int8' ? layer.bytes.int8 : layer.bytes.float),
    ...(layer.decision === 'int8'
      ? [layer.weightSqnr === undefined ? 'exact' : dB(layer.weightSqnr)]
      : ['–']),
    dB(layer.activationSqnr) + (worst.has(layer) ? ' ◄' : ''),
    dB(layer.gridSqnr),
    layer.statistics ?? '–',
    layer.channelRanges
      ? `${medianShare(layer.channelRanges.before)} → ${medianShare(layer.channelRanges.after)}`
      : '–',
  ]);
  const legend = worst.size > 0 ? ['◄ lowest SQNR of the activations'] : [];
  return rows.length > 0 ? [...table([HEAD, ...rows]), ...legend] : [];
}

function floatLines({layers, floatNodes}: Report): string[] {
  const stayed = [
    ...layers.flatMap(({name, decision, reason = ''}) =>
      decision === 'float' ? [{node: name, done: false, text: reason}] : [],
    ),
    ...floatNodes.map(({name, op, reason}) => ({
      node: `${name} (${op})`,
      done: false,
      text: reason,
    })),
  ];
  if (stayed.length === 0) return [];
  return ['', `stayed float: ${stayed.length}`, ...grouped(stayed).map(groupLine)];
}

function passLines({passes}: Report): string[] {
  const sections = passes.flatMap(({pass, rewrites, milliseconds}) => {
    const {done, left, remarks} = tally(rewrites);
    const time = milliseconds === undefined ? '' : ` (${milliseconds.toFixed(0)} ms)`;
    const general = remarks.map(text => `  ${text}`);
    const title = `${pass}: ${done} done, ${left.length} left alone${time}`;
    return [title, ...general, ...grouped(left.map(unnamed)).map(groupLine)];
  });
  return sections.length > 0 ? ['', ...sections] : [];
}

/** Without the node that a reason names at its end, so that the same reasons stand together. */
function unnamed(rewrite: Rewrite): Rewrite {
  return {...rewrite, text: rewrite.text.replace(/ \('[^']*'\)$/, '')};
}

function groupLine({text, nodes}: {text: string; nodes: readonly string[]}): string {
  return `  ${text}: ${listed(nodes)}`;
}

function listed(names: readonly string[]): string {
  const more = names.length - NAMES;
  return more > 1 ? `${names.slice(0, NAMES).join(', ')} and ${more} more` : names.join(', ');
}

/** Columns two spaces apart; the first two and those of words to the left, figures to the right. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0].map((_, i) => Math.max(...rows.map(row => row[i].length)));
  const isFigures = (i: number) => rows.slice(1).every(row => /^([\d–]|exact)/.test(row[i]));
  const figures = widths.map((_, i) => i > 1 && isFigures(i));
  return rows.map(row =>
    row
      .map((cell, i) => (figures[i] ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
      .join('  ')
      .trimEnd(),
  );
}
