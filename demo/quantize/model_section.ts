import {byId, element} from '../common/dom.js';
import type {Page} from '../common/page.js';
import {ProgressBar} from '../common/progress_bar.js';
import type {ModelOrigin, OpenedModel} from '../worker/quantize/opening.js';
import {areImages, chosenFiles, onDrop} from './given_files.js';
import type {Session} from './session.js';

/** Step 1: a model from files, a folder, a zip, an address, this browser's store; or the example. */
export class ModelSection {
  private readonly progress = new ProgressBar();
  private readonly chooser = byId('chooser', HTMLDivElement);
  private readonly opened = byId('opened', HTMLDivElement);

  /**
   * @param onStart called before a model is opened
   * @param onOpened called with each model that was opened
   * @param onImages called with images that were dropped beside the places for them
   */
  constructor(
    private readonly page: Page,
    private readonly session: Session,
    private readonly onStart: () => void,
    private readonly onOpened: (model: OpenedModel) => Promise<void>,
    onImages: (images: readonly Blob[]) => Promise<void>,
  ) {
    byId('open-progress', HTMLDivElement).append(this.progress.element);
    const {attempt} = page;
    const click = (id: string, action: () => Promise<unknown> | void) =>
      byId(id, HTMLButtonElement).addEventListener('click', () => attempt(async () => action()));
    for (const kind of ['files', 'folder']) {
      const control = byId(kind, HTMLInputElement);
      click(`choose-${kind}`, () => control.click());
      control.addEventListener('change', () => {
        const files = chosenFiles(control);
        if (files.length > 0) attempt(() => this.open({kind: 'files', files}));
      });
    }
    click('example', () => this.open({kind: 'example'}));
    click('another', () => this.chooseAnother());
    byId('address', HTMLFormElement).addEventListener('submit', event => {
      event.preventDefault();
      const url = byId('url', HTMLInputElement).value.trim();
      attempt(() => this.open({kind: 'url', url}));
    });
    onDrop(
      document.body,
      files =>
        areImages(files) && this.chooser.hidden
          ? onImages(files.map(({file}) => file))
          : this.open({kind: 'files', files}),
      attempt,
    );
  }

  /** Lists the models that this browser keeps. */
  async showStored(): Promise<void> {
    const names = await this.page.worker.call('storedModels', undefined);
    byId('stored', HTMLDivElement).hidden = names.length === 0;
    byId('stored-models', HTMLUListElement).replaceChildren(...names.map(name => this.item(name)));
  }

  private item(name: string): HTMLLIElement {
    const {attempt, worker} = this.page;
    const open = element('button', {type: 'button'}, name);
    open.addEventListener('click', () => attempt(() => this.open({kind: 'stored', name})));
    const remove = element('button', {type: 'button', 'aria-label': `Remove ${name}`}, 'Remove');
    remove.addEventListener('click', () =>
      attempt(async () => {
        await worker.call('removeStored', name);
        await this.showStored();
      }),
    );
    return element('li', {}, open, remove);
  }

  private async open(origin: ModelOrigin): Promise<void> {
    this.page.errors.clear();
    this.onStart();
    const model = await this.progress.during('Opening the model', signal =>
      this.session.open(origin, {signal}),
    );
    byId('opened-name', HTMLElement).textContent = model.name;
    byId('opened-format', HTMLElement).textContent =
      model.report === undefined ? model.format : 'INT8 already';
    this.chooser.hidden = true;
    this.opened.hidden = false;
    await this.onOpened(model);
  }

  private chooseAnother(): void {
    this.opened.hidden = true;
    this.chooser.hidden = false;
    byId('choose-title', HTMLHeadingElement).focus();
  }
}
