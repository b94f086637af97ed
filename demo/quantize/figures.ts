import {element} from '../common/dom.js';

/** A figure with what it means; a bar where it is a share. */
export function tile(name: string, value: string, detail = '', share?: number): HTMLElement {
  const own = element(
    'div',
    {class: 'tile'},
    element('span', {class: 'name'}, name),
    element('strong', {}, value),
    element('span', {class: 'detail'}, detail),
  );
  if (share !== undefined) own.append(bar([{share, colour: 'dfq'}]));
  return own;
}

interface Share {
  /** Of the bar's length, 0 … 1. */
  readonly share: number;
  readonly colour: 'float' | 'dfq';
}

function bar(shares: readonly Share[]): HTMLElement {
  const parts = shares.map(({share, colour}) => {
    const part = element('i', {class: colour});
    part.style.width = `${100 * Math.min(share, 1)}%`;
    return part;
  });
  return element('span', {class: 'bar', 'aria-hidden': 'true'}, ...parts);
}

export interface Side {
  readonly label: string;
  readonly value: number;
  readonly text: string;
}

/** Float against INT8: a headline, and a bar for each. */
export function versus(
  name: string,
  headline: string,
  float: Side | undefined,
  int8: Side,
): HTMLElement {
  const longest = Math.max(float?.value ?? 0, int8.value) || 1;
  const line = ({label, value, text}: Side, colour: Share['colour']) =>
    element(
      'div',
      {class: 'side'},
      element('span', {}, label),
      bar([{share: value / longest, colour}]),
      element('span', {class: 'figure'}, text),
    );
  return element(
    'div',
    {class: 'tile'},
    element('span', {class: 'name'}, name),
    element('strong', {}, headline),
    ...(float === undefined ? [] : [line(float, 'float')]),
    line(int8, 'dfq'),
  );
}
