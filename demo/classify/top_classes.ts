import {classNames} from '../../models/pictograms/generator.js';
import {element} from '../common/dom.js';
import {milliseconds, percent} from '../common/format.js';
import type {Prediction} from '../worker/predictions.js';
import {mostProbable} from './ranking.js';
import type {VersionText} from './versions.js';

const SHOWN = 5;

/** The five classes that a version finds most probable for the image, as bars. */
export class TopClasses {
  readonly element: HTMLElement;
  private readonly list = element('ol', {class: 'classes'});
  private readonly time = element('p', {class: 'time quiet small'}, '–');

  constructor({name, title}: VersionText) {
    this.element = element(
      'article',
      {class: 'top-classes', 'data-version': name},
      element('h3', {}, title),
      this.list,
      this.time,
    );
    this.clear();
  }

  clear(): void {
    this.list.replaceChildren(...Array.from({length: SHOWN}, () => element('li', {}, '–')));
  }

  /** @param label the image's own class, where it is known */
  show({logits, milliseconds: time}: Prediction, label?: number): void {
    const rows = mostProbable(logits, SHOWN).map(belief => {
      const share = percent(belief.probability, 0);
      const bar = element('span', {class: 'bar'});
      bar.style.setProperty('--share', String(belief.probability));
      const name = element('span', {class: 'name'}, classNames[belief.label]);
      const isTrue = belief.label === label;
      const row = element('li', {}, name, element('span', {class: 'share'}, share), bar);
      row.classList.toggle('true', isTrue);
      if (isTrue) name.append(element('span', {class: 'mark'}, ' ✓'));
      return row;
    });
    this.list.replaceChildren(...rows);
    this.time.textContent = milliseconds(time);
  }
}
