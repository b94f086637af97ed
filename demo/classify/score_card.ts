import {element} from '../common/dom.js';
import {bytes, milliseconds, percent} from '../common/format.js';
import {RECENT, type Tally} from './tally.js';
import type {VersionText} from './versions.js';

/** Accuracy lost to float from which on a version is of no use. */
const BROKEN = 0.1;

/** One version's figures over the stream. */
export class ScoreCard {
  readonly element: HTMLElement;
  private readonly numeral = element('p', {class: 'numeral'}, '–');
  private readonly difference = element('p', {class: 'difference quiet small'}, 'accuracy');
  private readonly strip = element('div', {class: 'strip', role: 'img'});
  private readonly agreement = element('dd', {}, '–');
  private readonly time = element('dd', {}, '–');
  private readonly throughput = element('dd', {}, '–');
  private readonly bytes = element('dd', {}, '–');

  constructor({name, title, what}: VersionText) {
    const row = (term: string, value: HTMLElement) => element('div', {}, element('dt', {}, term), value); // prettier-ignore
    this.strip.append(...Array.from({length: RECENT}, () => element('i')));
    this.element = element(
      'article',
      {class: 'card score', 'data-version': name},
      element('h3', {}, title),
      element('p', {class: 'what quiet small'}, what),
      this.numeral,
      this.difference,
      this.strip,
      element(
        'dl',
        {},
        row('agrees with float', this.agreement),
        row('time an image', this.time),
        row('images a second', this.throughput),
        row('weights', this.bytes),
      ),
    );
    this.showStrip([]);
  }

  showBytes(count: number, floatCount: number): void {
    const ratio = count === floatCount ? '' : ` · ${percent(count / floatCount, 0)}`;
    this.bytes.textContent = `${bytes(count)}${ratio}`;
  }

  /** @param float how the float model has done on the same images */
  show(tally: Tally, float: Tally): void {
    const any = tally.images > 0;
    this.numeral.textContent = any ? percent(tally.accuracy) : '–';
    this.difference.textContent = any ? comparison(tally, float) : 'accuracy';
    this.difference.classList.toggle('broken', float.accuracy - tally.accuracy > BROKEN);
    this.agreement.textContent = any ? percent(tally.agreement) : '–';
    this.time.textContent = any ? milliseconds(tally.milliseconds) : '–';
    this.throughput.textContent = any ? tally.throughput.toFixed(0) : '–';
    this.showStrip(tally.recent);
  }

  private showStrip(recent: readonly boolean[]): void {
    [...this.strip.children].forEach((cell, i) => {
      cell.className = i >= recent.length ? '' : recent[i] ? 'right' : 'wrong';
    });
    const right = recent.filter(Boolean).length;
    this.strip.setAttribute('aria-label', `${right} of the last ${recent.length} images right`);
  }
}

function comparison(tally: Tally, float: Tally): string {
  if (tally === float) return 'accuracy';
  const points = 100 * (tally.accuracy - float.accuracy);
  const sign = points > 0 ? '+' : points < 0 ? '−' : '±';
  return `accuracy, ${sign}${Math.abs(points).toFixed(1)} points against float`;
}
