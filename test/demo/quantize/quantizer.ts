import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Browser, Download} from 'playwright-core';
import {Visitor, type VisitOptions} from '../visitor.js';

/** The embedded model. */
export const PICTOGRAMS = join(__dirname, '../../../models/pictograms');

export interface TestFile {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

export function fileOf(name: string, contents: string | Uint8Array): TestFile {
  return {name, mimeType: 'application/octet-stream', buffer: Buffer.from(contents)};
}

export function jsonFile(name: string, json: unknown): TestFile {
  return fileOf(name, JSON.stringify(json));
}

/** Files of the embedded model. */
export const modelJson = fileOf('model.json', readFileSync(join(PICTOGRAMS, 'model.json')));
export const weightsBin = fileOf('weights.bin', readFileSync(join(PICTOGRAMS, 'weights.bin')));

/** Someone at the page quantize. */
export class Quantizer {
  private constructor(readonly visitor: Visitor) {}

  static async open(browser: Browser, options: VisitOptions = {}): Promise<Quantizer> {
    return new Quantizer(await Visitor.open(browser, '/quantize/index.html', options));
  }

  get page() {
    return this.visitor.page;
  }

  text(selector: string): Promise<string> {
    return this.visitor.text(selector);
  }

  /** Files, as the button that chooses them gives. */
  async give(...files: TestFile[]): Promise<void> {
    await this.page.setInputFiles('#files', files);
  }

  /** Files, dropped on an element. */
  async drop(selector: string, ...files: TestFile[]): Promise<void> {
    const made = files.map(({name, mimeType: type, buffer}) => ({name, type, base64: buffer.toString('base64')})); // prettier-ignore
    await this.page.evaluate(`{
      const dataTransfer = new DataTransfer();
      for (const {name, type, base64} of ${JSON.stringify(made)}) {
        const bytes = Uint8Array.from(atob(base64), char => char.charCodeAt(0));
        dataTransfer.items.add(new File([bytes], name, {type}));
      }
      const place = document.querySelector(${JSON.stringify(selector)});
      place.dispatchEvent(new DragEvent('dragover', {dataTransfer, bubbles: true, cancelable: true}));
      place.dispatchEvent(new DragEvent('drop', {dataTransfer, bubbles: true, cancelable: true}));
    }`);
  }

  /** Waits until the model at hand is looked into. */
  async inspected(): Promise<void> {
    await this.page.waitForSelector('#inspection .tiles');
    await this.page.waitForSelector('#progress .progress', {state: 'hidden'});
  }

  /** Waits until the report of the result is drawn. */
  async reported(): Promise<void> {
    await this.page.waitForFunction(
      "document.querySelector('#report').shadowRoot?.lastElementChild?.textContent.startsWith('Operations')",
    );
  }

  /** Waits until the result is there. */
  async quantize(): Promise<void> {
    await this.page.click('#quantize');
    await this.page.waitForSelector('#quantize:enabled');
    await this.page.waitForSelector('#result');
  }

  async another(): Promise<void> {
    await this.page.click('#another');
  }

  /** What the page saves at a click on the button. */
  async save(button: '#save-zip' | '#save-onnx'): Promise<{name: string; bytes: Uint8Array}> {
    const [download]: [Download, void] = await Promise.all([
      this.page.waitForEvent('download'),
      this.page.click(button),
    ]);
    return {
      name: download.suggestedFilename(),
      bytes: new Uint8Array(readFileSync(await download.path())),
    };
  }

  /** What the error panel says; it has the focus. */
  async error(): Promise<string> {
    const panel = await this.page.waitForSelector('#errors [role=alert]');
    expect(await panel.evaluate('document.activeElement.getAttribute("role")')).toBe('alert');
    const words = await panel.innerText();
    await this.page.click('#errors .close');
    return words.replace(/\s*×?$/, '');
  }

  close(): Promise<void> {
    return this.visitor.close();
  }
}
