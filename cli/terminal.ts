import {Presets, SingleBar} from 'cli-progress';
import Table from 'cli-table3';

/** Where a command writes: results to `out`, progress and errors to `err`. */
export interface Terminal {
  out: NodeJS.WritableStream;
  err: NodeJS.WritableStream & {isTTY?: boolean};
}

export interface Progress {
  update(step: string, done: number, total: number): void;
  stop(): void;
}

const SILENT: Progress = {update: () => undefined, stop: () => undefined};

/** A bar on a terminal that vanishes when it stops; nothing where the output is piped. */
export function startProgress({err}: Terminal): Progress {
  if (!err.isTTY) return SILENT;
  const bar = new SingleBar(
    {
      stream: err,
      format: '{bar} {percentage} %  {value}/{total}  {step}',
      clearOnComplete: true,
      linewrap: true, // nothing to restore when the command is interrupted
    },
    Presets.shades_classic,
  );
  let running = false;
  return {
    update(step, done, total) {
      if (!running) bar.start(total, done, {step});
      running = true;
      bar.setTotal(total);
      bar.update(done, {step});
    },
    stop: () => bar.stop(),
  };
}

/** Columns two spaces apart, without lines. Columns of which every cell starts with a digit are aligned right. */
export function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const none = Object.fromEntries(LINES.map(line => [line, '']));
  const isNumeric = (column: number) => rows.every(row => /^[\d–]/.test(row[column]));
  const table = new Table({
    head: [...head],
    chars: {...none, middle: '  '},
    style: {head: [], border: [], 'padding-left': 0, 'padding-right': 0},
    colAligns: head.map((_, column) => (isNumeric(column) ? 'right' : 'left')),
  });
  table.push(...rows.map(row => [...row]));
  return table.toString().replace(/ +$/gm, '');
}

const LINES = [
  ...['top', 'top-mid', 'top-left', 'top-right'],
  ...['bottom', 'bottom-mid', 'bottom-left', 'bottom-right'],
  ...['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'],
];

/** 1,234,567 bytes → '1.23 MB' */
export function formatBytes(bytes: number): string {
  if (bytes < 1e3) return `${bytes} B`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(2)} MB`;
}

/** 12.345 → '12.35 %', and null, for what was not measured, → '–' */
export function formatPercent(value: number | null): string {
  return value === null ? '–' : `${value.toFixed(2)} %`;
}

/** 12.34 → '12.3 dB'; without noise '∞ dB' */
export function formatDecibels(value: number): string {
  return `${value === Infinity ? '∞' : value.toFixed(1)} dB`;
}
