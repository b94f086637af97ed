import {element} from '../common/dom.js';
import {milliseconds} from '../common/format.js';
import {drawPixels} from '../common/picture.js';
import type {ElementPair, OutputPair} from '../worker/quantize/output_pairs.js';
import type {Trial} from '../worker/quantize/trial.js';
import {type Cell, fill, table} from './tables.js';

/** Shows what both models make of one input. */
export async function showTrial(
  place: HTMLElement,
  {picture, outputs, milliseconds: times}: Trial,
  nameOf: (index: number) => string,
): Promise<void> {
  const shown: HTMLElement[] = [];
  if (picture !== undefined) {
    const canvas = element('canvas', {role: 'img', 'aria-label': 'What the models see'});
    drawPixels(canvas, picture);
    shown.push(canvas);
  }
  const float = times.float === undefined ? '' : `float ${milliseconds(times.float)}, `;
  const time = element('p', {class: 'quiet small'}, `${float}INT8 ${milliseconds(times.int8)}`);
  const tables = element('div', {class: 'outputs'}, time);
  place.replaceChildren(...shown, tables);
  for (const output of outputs) await showOutput(tables, output, nameOf);
}

async function showOutput(
  place: HTMLElement,
  output: OutputPair,
  nameOf: (index: number) => string,
): Promise<void> {
  const {name, shape, largest} = output;
  const isCompared = largest.some(({float}) => float !== undefined);
  const heads = ['Largest values at', ...(isCompared ? ['Float'] : []), 'INT8'];
  const own = table(`Output ${name}`, heads, {figures: [1, 2]});
  const title = element('h4', {}, `${name} `, element('span', {class: 'quiet'}, shape.join(' × ')));
  place.append(title, own.element);
  if (isCompared) place.append(element('p', {class: 'quiet small'}, verdict(output, nameOf)));
  await fill(
    own.body,
    largest.map(pair => cells(pair, isCompared, nameOf)),
  );
}

function cells(
  {index, float, int8}: ElementPair,
  isCompared: boolean,
  nameOf: (index: number) => string,
): Cell[] {
  const value = (x: number | undefined): Cell =>
    x === undefined ? '–' : {text: x.toPrecision(4), value: x};
  return [nameOf(index), ...(isCompared ? [value(float)] : []), value(int8)];
}

/** How far apart the two are, in a sentence. */
function verdict(
  {argMax, sqnr, difference}: OutputPair,
  nameOf: (index: number) => string,
): string {
  const {float, int8} = argMax;
  const first =
    float === int8
      ? 'Both have their largest value at the same place.'
      : `INT8 has its largest value elsewhere: at ${nameOf(int8)}.`;
  if (difference === undefined) return `${first} The outputs differ in length.`;
  const {largest, magnitude} = difference;
  if (largest === 0) return `${first} Both outputs are equal.`;
  const noise = sqnr === undefined ? '' : `, SQNR ${sqnr.toFixed(1)} dB`;
  return `${first} Largest difference ${largest.toPrecision(3)}, of values up to ${magnitude.toPrecision(3)}${noise}.`;
}
