import {element} from './dom.js';

/**
 * Gives every column of a table a button that sorts by it, downwards at the second click. Cells are compared
 * by their `data-value` where they have one, else by their text; what is empty comes last.
 */
export function makeSortable(table: HTMLTableElement): void {
  const heads = [...(table.tHead?.rows[0].cells ?? [])];
  heads.forEach((head, column) => {
    const button = element('button', {type: 'button', class: 'sort'}, ...head.childNodes);
    head.replaceChildren(button);
    button.addEventListener('click', () => {
      const isUp = head.getAttribute('aria-sort') !== 'ascending';
      for (const other of heads) other.removeAttribute('aria-sort');
      head.setAttribute('aria-sort', isUp ? 'ascending' : 'descending');
      const [body] = table.tBodies;
      const rows = [...body.rows].map(row => ({row, key: keyOf(row.cells[column])}));
      rows.sort((a, b) => compareKeys(a.key, b.key, isUp ? 1 : -1));
      body.append(...rows.map(({row}) => row));
    });
  });
}

function keyOf(cell: HTMLTableCellElement): string {
  return cell.dataset.value ?? cell.textContent ?? '';
}

function compareKeys(a: string, b: string, direction: 1 | -1): number {
  if (a === b) return 0;
  if (a === '' || b === '') return a === '' ? 1 : -1;
  const [x, y] = [Number(a), Number(b)];
  const order = Number.isNaN(x) || Number.isNaN(y) ? a.localeCompare(b) : x - y;
  return order * direction;
}
