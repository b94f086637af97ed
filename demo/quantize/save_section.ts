import {byId} from '../common/dom.js';
import {bytes} from '../common/format.js';
import type {Page} from '../common/page.js';
import type {Session} from './session.js';

/** Takes the quantized model home: as a zip, as ONNX, or in this browser. */
export class SaveSection {
  private readonly status = byId('saved', HTMLParagraphElement);
  private readonly name = byId('keep-name', HTMLInputElement);

  /** @param onStored called when this browser keeps another model */
  constructor(
    private readonly page: Page,
    private readonly session: Session,
    private readonly onStored: () => Promise<void>,
  ) {
    const {attempt} = page;
    const button = (id: string, operation: 'zipModel' | 'onnxModel', contents: string) =>
      byId(id, HTMLButtonElement).addEventListener('click', () =>
        attempt(() => this.save(operation, contents)),
      );
    button('save-zip', 'zipModel', 'model.json, its weight files, report.html and report.json');
    button('save-onnx', 'onnxModel', 'ONNX in QDQ form, for onnxruntime and others');
    byId('keep', HTMLFormElement).addEventListener('submit', event => {
      event.preventDefault();
      attempt(() => this.keep());
    });
  }

  prepare(name: string): void {
    this.name.value = name;
    this.status.textContent = '';
  }

  private async save(operation: 'zipModel' | 'onnxModel', contents: string): Promise<void> {
    this.page.errors.clear();
    this.status.textContent = 'Packing…';
    try {
      const {name, blob} = await this.session.call(operation, undefined);
      download(name, blob);
      this.status.textContent = `${name}, ${bytes(blob.size)}: ${contents}.`;
    } catch (error) {
      this.status.textContent = '';
      throw error;
    }
  }

  private async keep(): Promise<void> {
    this.page.errors.clear();
    const name = this.name.value.trim();
    await this.session.call('storeModel', name);
    this.status.textContent = `Kept. In an app on this site: loadGraphModel('indexeddb://${name}')`;
    await this.onStored();
  }
}

function download(name: string, blob: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // the browser may still be reading
}
