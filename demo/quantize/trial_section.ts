import {classNames} from '../../models/pictograms/generator.js';
import {byId, element} from '../common/dom.js';
import type {Page} from '../common/page.js';
import type {OpenedModel} from '../worker/quantize/opening.js';
import type {PageOptions} from '../worker/quantize/quantization.js';
import {onDrop} from './given_files.js';
import type {Session} from './session.js';
import {showTrial} from './trial_view.js';

/** Number of the first generated input: no statistics were taken of it. */
const FIRST_GENERATED = 5000;

/** Lets the reader feed inputs to both models. */
export class TrialSection {
  private readonly place = byId('trial-result', HTMLDivElement);
  private readonly help = byId('trial-help', HTMLParagraphElement);
  private readonly imageButton = byId('trial-image', HTMLButtonElement);
  private options: PageOptions = {};
  private nameOf = (index: number) => `[${index}]`;
  private generated = FIRST_GENERATED;

  constructor(
    private readonly page: Page,
    private readonly session: Session,
  ) {
    const {attempt} = page;
    const file = byId('trial-file', HTMLInputElement);
    this.imageButton.addEventListener('click', () => file.click());
    file.addEventListener('change', () => {
      const [image] = file.files ?? [];
      file.value = '';
      if (image !== undefined) attempt(() => this.run(image));
    });
    byId('trial-generated', HTMLButtonElement).addEventListener('click', () =>
      attempt(() => this.run(this.generated++)),
    );
    onDrop(byId('trial', HTMLDivElement), ([{file: image}]) => this.run(image), attempt);
  }

  /** For another model, or one that was quantized under other options. */
  prepare({inputs, name}: OpenedModel, options: PageOptions): void {
    this.options = options;
    this.generated = FIRST_GENERATED;
    const isExample = name.startsWith('pictograms');
    this.nameOf = index => (isExample ? (classNames[index] ?? `[${index}]`) : `[${index}]`);
    const pictures = inputs.filter(({picture}) => picture !== undefined);
    this.imageButton.hidden = pictures.length !== 1;
    this.help.textContent =
      pictures.length === 1
        ? 'Drop an image here: what do the float model and the INT8 model make of it?'
        : 'What do the float model and the INT8 model make of the same generated input?';
    this.place.replaceChildren();
  }

  /** Runs both models on an image, or on a generated input. */
  async run(input: Blob | number): Promise<void> {
    this.page.errors.clear();
    const wait = element('p', {class: 'quiet small'}, 'Running both models…');
    this.place.replaceChildren(wait);
    try {
      const {input: scaling, inputs, fills} = this.options;
      const options = {input: scaling, inputs, fills};
      const trial = await this.session.call('tryModel', {options, input});
      await showTrial(this.place, trial, this.nameOf);
    } finally {
      wait.remove();
    }
  }
}
