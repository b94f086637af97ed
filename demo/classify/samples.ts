import {classNames} from '../../models/pictograms/generator.js';
import {byId, element} from '../common/dom.js';
import type {DemoWorker} from '../common/page.js';
import type {Sample} from '../worker/predictions.js';
import {drawPixels} from '../common/picture.js';

const COUNT = 8;

/** Far from the seeds of training and of the stream. */
const FIRST_SEED = 3_000_000_000;

/** A row of generated images to choose from: `<div id="samples">`. */
export class Samples {
  private readonly row = byId('samples', HTMLDivElement);
  private seed = FIRST_SEED;

  constructor(
    private readonly worker: DemoWorker,
    private readonly choose: (sample: Sample) => void,
  ) {}

  /** Draws new ones, and chooses the first. */
  async renew(): Promise<void> {
    const samples = await this.worker.call('drawSamples', {firstSeed: this.seed, count: COUNT});
    this.seed += COUNT;
    this.row.replaceChildren(...samples.map(sample => this.button(sample)));
    (this.row.firstElementChild as HTMLButtonElement).click();
  }

  /** Marks none as chosen. */
  release(): void {
    for (const button of this.row.children) button.setAttribute('aria-pressed', 'false');
  }

  private button(sample: Sample): HTMLButtonElement {
    const canvas = element('canvas');
    drawPixels(canvas, sample.pixels);
    const label = `Sample: ${classNames[sample.label]}`;
    const button = element('button', {type: 'button', 'aria-label': label, title: label}, canvas);
    button.addEventListener('click', () => {
      this.release();
      button.setAttribute('aria-pressed', 'true');
      this.choose(sample);
    });
    return button;
  }
}
