import {CEILING} from './peers/ceiling.js';
import {OURS} from './peers/tfjs.js';
import type {Answer} from './task.js';
import {median} from './statistics.js';

/** One peer on one model. */
export interface Result {
  readonly model: string;
  readonly peer: string;
  readonly threads: number;
  /** Milliseconds of a run. */
  readonly median: number;
  readonly min: number;
  readonly runs: number;
  /** Median over that of ours in the same rounds. */
  readonly ratio: number;
  readonly gigaMacs: number;
  /** Of what as many threads could do if each ran nothing but int8 dot products, by the fastest such run. */
  readonly ceilingShare: number;
  readonly error?: string;
}

/** @param ceilingMacs multiply-accumulates of one run of the ceiling's loop */
export function resultsOf(answer: Answer, ceilingMacs: number): Result[] {
  const {model, macs, timings} = answer;
  const millisecondsOf = (peer: string) =>
    timings.find(timing => timing.peer === peer)?.milliseconds ?? [];
  const ours = median(millisecondsOf(OURS.name));
  const ceiling = ceilingMacs / Math.min(...millisecondsOf(CEILING));
  return timings
    .filter(({peer}) => peer !== CEILING)
    .map(({peer, threads, milliseconds, error}) => {
      const middle = median(milliseconds);
      return {
        model,
        peer,
        threads,
        median: middle,
        min: Math.min(...milliseconds),
        runs: milliseconds.length,
        ratio: middle / ours,
        gigaMacs: macs / middle / 1e6,
        ceilingShare: macs / middle / (ceiling * threads),
        error,
      };
    });
}

const HEADER = [
  'model',
  'peer',
  'threads',
  'runs',
  'median ms',
  'fastest',
  '÷ ours',
  'GMAC/s',
  'ceiling',
];

/** A Markdown table. */
export function resultTable(results: readonly Result[]): string {
  return table([HEADER, ...results.map(cells)]);
}

function cells(result: Result): string[] {
  const {model, peer, threads, error} = result;
  if (error !== undefined)
    return [model, peer, String(threads), '', `fails: ${error}`, '', '', '', ''];
  return [
    model,
    peer,
    String(threads),
    String(result.runs),
    result.median.toFixed(2),
    result.min.toFixed(2),
    result.ratio.toFixed(2),
    result.gigaMacs.toFixed(2),
    `${(100 * result.ceilingShare).toFixed(0)} %`,
  ];
}

/** Names to the left, numbers to the right. */
const NAMES = 2;

export function table([header, ...rows]: readonly (readonly string[])[]): string {
  const clean = (text: string) => text.replace(/\s+/g, ' ').replaceAll('|', '\\|');
  const all = [header, ...rows].map(row => row.map(clean));
  const widths = header.map((_, i) => Math.max(...all.map(row => row[i].length)));
  const line = (row: readonly string[]) =>
    `| ${row.map((text, i) => (i < NAMES ? text.padEnd(widths[i]) : text.padStart(widths[i]))).join(' | ')} |`;
  const rule = widths.map((width, i) =>
    i < NAMES ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [line(all[0]), `| ${rule.join(' | ')} |`, ...all.slice(1).map(line)].join('\n');
}
