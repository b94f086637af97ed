import {byId, element} from '../common/dom.js';
import type {Page} from '../common/page.js';
import {ProgressBar} from '../common/progress_bar.js';
import type {OpenedModel} from '../worker/quantize/opening.js';
import type {PageOptions, Quantized} from '../worker/quantize/quantization.js';
import {onDrop} from './given_files.js';
import {showInspection} from './inspection_view.js';
import {OptionsForm} from './options/options_form.js';
import type {Session} from './session.js';

/** What was asked for, and what came of it. */
export interface Outcome extends Quantized {
  readonly options: PageOptions;
}

/** Step 2: what is in the model, options, and the button that quantizes. */
export class OptionsSection {
  private readonly section = byId('inside', HTMLElement);
  private readonly inspection = byId('inspection', HTMLDivElement);
  private readonly progress = new ProgressBar();
  private readonly button = byId('quantize', HTMLButtonElement);
  private images: readonly Blob[] = [];
  private form?: OptionsForm;

  constructor(
    private readonly page: Page,
    private readonly session: Session,
    /** Called when the reader asks for another result. */
    private readonly onStart: () => void,
    private readonly onQuantized: (outcome: Outcome) => Promise<void>,
  ) {
    const {attempt} = page;
    byId('progress', HTMLDivElement).append(this.progress.element);
    byId('options', HTMLFormElement).addEventListener('submit', event => {
      event.preventDefault();
      attempt(() => this.quantize());
    });
    const images = byId('images', HTMLInputElement);
    byId('choose-images', HTMLButtonElement).addEventListener('click', () => images.click());
    images.addEventListener('change', () => {
      this.take([...(images.files ?? [])]);
      images.value = '';
    });
    byId('no-images', HTMLButtonElement).addEventListener('click', () => this.take([]));
    onDrop(
      byId('calibration', HTMLFieldSetElement),
      async files => this.take(files.map(({file}) => file)),
      attempt,
    );
  }

  /** Shows a model that was opened. */
  async show({inputs}: OpenedModel): Promise<void> {
    this.inspection.replaceChildren();
    this.take([]);
    this.form = new OptionsForm(byId('option-groups', HTMLDivElement), inputs);
    byId('calibration', HTMLFieldSetElement).hidden = !inputs.some(({picture}) => picture);
    this.section.hidden = false;
    byId('inside-title', HTMLHeadingElement).focus();
    const shapeless = inputs.filter(({shape}) => shape === undefined);
    if (shapeless.length === 0) await this.inspect(inputs);
    else this.askForShapes(shapeless.map(({name}) => name), inputs); // prettier-ignore
  }

  /** Looks inside under the options as they are. */
  private async inspect(inputs: OpenedModel['inputs']): Promise<void> {
    this.page.errors.clear();
    const options = (await this.form?.read()) ?? {};
    const inspection = await this.during('Looking inside', (signal, onProgress) =>
      this.session.call('inspectModel', options, {signal, onProgress}),
    );
    await showInspection(this.inspection, inspection, inputs);
  }

  /** Without their shapes nothing can be run, and little be told. */
  private askForShapes(names: readonly string[], inputs: OpenedModel['inputs']): void {
    const button = element('button', {type: 'button'}, 'Look inside');
    button.addEventListener('click', () => this.page.attempt(() => this.inspect(inputs)));
    const text = `The model does not declare the shape of ${names.join(', ')}. Say it below, then look inside or quantize.`;
    this.inspection.append(element('div', {class: 'card'}, element('p', {}, text), button));
  }

  hide(): void {
    this.section.hidden = true;
  }

  /** Cancels what runs. */
  stop(): void {
    this.progress.stop();
  }

  /** Images to calibrate with. */
  take(images: readonly Blob[]): void {
    this.images = images;
    const {length} = images;
    byId('images-count', HTMLSpanElement).textContent =
      length === 0 ? '' : `${length} ${length === 1 ? 'image' : 'images'}`;
    byId('no-images', HTMLButtonElement).hidden = length === 0;
  }

  private async quantize(): Promise<void> {
    this.page.errors.clear();
    this.onStart();
    const options = (await this.form?.read()) ?? {};
    const request = {options, images: this.images};
    const quantized = await this.during('Quantizing', (signal, onProgress) =>
      this.session.call('quantizeModel', request, {signal, onProgress}),
    );
    await this.onQuantized({...quantized, options});
  }

  /** One thing at a time: meanwhile the button waits. */
  private async during<T>(
    label: string,
    work: Parameters<ProgressBar['during']>[1] extends (...given: infer P) => unknown
      ? (...given: P) => Promise<T>
      : never,
  ): Promise<T> {
    this.button.disabled = true;
    try {
      return await this.progress.during(label, work);
    } finally {
      this.button.disabled = false;
    }
  }
}
