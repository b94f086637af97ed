import {element} from '../common/dom.js';
import {bytes} from '../common/format.js';
import type {Inspection} from '../../src/index.js';
import type {InputFacts} from '../worker/quantize/inputs.js';
import {tile} from './figures.js';
import {type Cell, fill, table} from './tables.js';

/** Operations that are shown as bars; the rest are summed up. */
const MOST_OPS = 10;

/** Shows what a model is made of, and what would become of each node. */
export async function showInspection(
  place: HTMLElement,
  inspection: Inspection,
  inputs: readonly InputFacts[],
): Promise<void> {
  const {nodes} = inspection;
  const all = table('Nodes', ['Node', 'Operation', 'Becomes', 'Because'], {isSortable: true});
  place.replaceChildren(
    tiles(inspection),
    element(
      'div',
      {class: 'halves'},
      element('div', {class: 'card'}, element('h3', {}, 'Inputs and outputs'), ends(inspection, inputs)), // prettier-ignore
      element('div', {class: 'card'}, element('h3', {}, 'Operations'), histogram(inspection)),
    ),
    floatReasons(inspection),
    element('details', {class: 'card'}, element('summary', {}, `All ${nodes.length} nodes`), all.element), // prettier-ignore
  );
  const rows = nodes.map(({name, op, decision, reason = ''}): Cell[] => [
    name,
    op,
    {text: decision, mark: decision},
    reason,
  ]);
  await fill(all.body, rows);
}

function tiles({nodes, macs, parameters, bytes: size}: Inspection): HTMLElement {
  const int8 = nodes.filter(({decision}) => decision === 'int8').length;
  const float = nodes.filter(({decision}) => decision === 'float').length;
  const folded = nodes.length - int8 - float;
  return element(
    'div',
    {class: 'tiles'},
    tile(
      'become int8',
      `${int8} nodes`,
      `${folded} folded away, ${float} stay float`,
      int8 / Math.max(int8 + float, 1),
    ),
    tile('work', short(macs), 'multiply-accumulates for one sample'),
    tile('weights', bytes(size), `${short(parameters)} parameters`),
  );
}

/** @example short(8_355_584); // => '8.36 M' */
function short(value: number): string {
  const units = ['', ' k', ' M', ' G'];
  const power = value < 1000 ? 0 : Math.min(Math.floor(Math.log10(value) / 3), 3);
  return power === 0 ? String(value) : (value / 1000 ** power).toPrecision(3) + units[power];
}

function ends({inputs, outputs}: Inspection, facts: readonly InputFacts[]): HTMLElement {
  const row = (kind: string, name: string, detail: string) =>
    element(
      'li',
      {},
      element('span', {class: 'quiet'}, kind),
      element('strong', {}, name),
      element('span', {class: 'quiet'}, detail),
    );
  const kindOf = (name: string) => facts.find(input => input.name === name)?.kind ?? '';
  return element(
    'ul',
    {class: 'ends'},
    ...inputs.map(({name, shape, dtype = ''}) =>
      row('in', name, `${size(shape)} ${dtype}, ${kindOf(name)}`),
    ),
    ...outputs.map(({name, shape}) => row('out', name, size(shape))),
  );
}

function size(shape: readonly number[] | undefined): string {
  if (shape === undefined) return 'of unknown shape';
  return shape.map(length => (length < 0 ? '?' : String(length))).join(' × ') || 'a number';
}

function histogram({ops}: Inspection): HTMLElement {
  const sorted = Object.entries(ops).sort(([a, m], [b, n]) => n - m || a.localeCompare(b));
  const shown = sorted.slice(0, MOST_OPS);
  const most = shown[0]?.[1] ?? 1;
  const rows = shown.map(([op, count]) => {
    const bar = element('i');
    bar.style.width = `${(100 * count) / most}%`;
    return element(
      'li',
      {},
      element('span', {}, op),
      element('span', {class: 'bar', 'aria-hidden': 'true'}, bar),
      element('span', {class: 'figure'}, String(count)),
    );
  });
  const others = sorted.length - shown.length;
  const rest = sorted.slice(MOST_OPS).reduce((sum, [, count]) => sum + count, 0);
  if (others > 0) {
    const text = `${others} other ${others === 1 ? 'operation' : 'operations'}`;
    rows.push(element('li', {class: 'quiet'}, element('span', {}, text), '', element('span', {class: 'figure'}, String(rest)))); // prettier-ignore
  }
  return element('ul', {class: 'histogram'}, ...rows);
}

/** Why nodes will stay float, the most frequent reason first. */
function floatReasons({nodes}: Inspection): HTMLElement {
  const names = new Map<string, string[]>();
  for (const {name, decision, reason = 'no reason is known'} of nodes) {
    if (decision === 'float') names.set(reason, [...(names.get(reason) ?? []), name]);
  }
  const reasons = [...names].sort(([, a], [, b]) => b.length - a.length);
  if (reasons.length === 0) {
    return element('p', {class: 'reasons quiet'}, 'Nothing stays float: every node that computes becomes int8 or is folded into one that does.'); // prettier-ignore
  }
  return element(
    'div',
    {class: 'card reasons'},
    element('h3', {}, 'What will stay float, and why'),
    element(
      'ul',
      {},
      ...reasons.map(([reason, own]) =>
        element('li', {}, `${reason} `, element('span', {class: 'quiet'}, listed(own))),
      ),
    ),
  );
}

function listed(names: readonly string[]): string {
  const rest = names.length - 3;
  return names.slice(0, 3).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}
