import {byId, element} from '../common/dom.js';
import type {Bits} from '../worker/pictograms.js';

const CHOICES = [8, 7, 6, 5, 4];

/** Bits of weights and of activations, as two rows of radio buttons in `<form id="bits">`. */
export class BitsControl {
  private readonly form = byId('bits', HTMLFormElement);

  /** @param onChange called with what the reader chose */
  constructor(onChange: (bits: Bits) => void) {
    this.form.append(group('weightBits', 'Bits of weights'));
    this.form.append(group('activationBits', 'Bits of activations'));
    this.form.addEventListener('change', () => onChange(this.value));
    this.value = {weightBits: CHOICES[0], activationBits: CHOICES[0]};
  }

  get value(): Bits {
    const chosen = new FormData(this.form);
    const bits = (name: keyof Bits) => Number(chosen.get(name));
    return {weightBits: bits('weightBits'), activationBits: bits('activationBits')};
  }

  set value(bits: Bits) {
    for (const [name, count] of Object.entries(bits)) {
      const radios = this.form.elements.namedItem(name);
      if (radios instanceof RadioNodeList) radios.value = String(count);
    }
  }
}

function group(name: keyof Bits, legend: string): HTMLElement {
  const radios = CHOICES.map(bits =>
    element(
      'label',
      {},
      element('input', {type: 'radio', name, value: String(bits)}),
      element('span', {}, String(bits)),
    ),
  );
  return element('fieldset', {}, element('legend', {}, legend), element('div', {class: 'segments'}, ...radios)); // prettier-ignore
}
