import {element} from '../common/dom.js';
import {makeSortable} from '../common/sortable.js';
import {nextFrame} from './next_frame.js';

/** A cell: its text, or its text and what the column is sorted by. */
export type Cell =
  string | {readonly text: string; readonly value?: number; readonly mark?: string};

/** Rows that are made at once; more would block the page. */
const SLICE = 80;

interface TableKind {
  readonly isSortable?: boolean;
  /** Columns of numbers. */
  readonly figures?: readonly number[];
}

/** A table with heads in a box that scrolls where it is too wide; the first cell of a row is its head. */
export function table(
  label: string,
  heads: readonly string[],
  {isSortable = false, figures = []}: TableKind = {},
) {
  const body = element('tbody');
  const cells = heads.map((text, i) =>
    element('th', {scope: 'col', class: figures.includes(i) ? 'figure' : ''}, text),
  );
  const own = element('table', {}, element('thead', {}, element('tr', {}, ...cells)), body);
  if (isSortable) makeSortable(own);
  const box = {class: 'scroll', role: 'region', tabindex: '0', 'aria-label': label};
  return {element: element('div', box, own), body};
}

/** Adds rows slice by slice, so that long tables don't block the page. */
export async function fill(
  body: HTMLTableSectionElement,
  rows: ReadonlyArray<readonly Cell[]>,
): Promise<void> {
  for (let i = 0; i < rows.length; i += SLICE) {
    body.append(...rows.slice(i, i + SLICE).map(rowOf));
    await nextFrame();
  }
}

function rowOf(cells: readonly Cell[]): HTMLTableRowElement {
  const row = element('tr');
  cells.forEach((cell, i) => {
    const {text, value, mark}: Exclude<Cell, string> =
      typeof cell === 'string' ? {text: cell} : cell;
    const own = i === 0 ? element('th', {scope: 'row'}, text) : element('td', {}, text);
    if (value !== undefined) {
      own.dataset.value = String(value);
      own.classList.add('figure');
    }
    if (mark !== undefined) own.classList.add(mark);
    row.append(own);
  });
  return row;
}
