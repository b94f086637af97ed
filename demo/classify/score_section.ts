import {byId} from '../common/dom.js';
import type {Page} from '../common/page.js';
import {ProgressBar} from '../common/progress_bar.js';
import type {Bits} from '../worker/pictograms.js';
import {BitsControl} from './bits_control.js';
import {ScoreCard} from './score_card.js';
import {Stream} from './stream.js';
import {Tally} from './tally.js';
import {forVersions, VERSIONS} from './versions.js';

/** Images that are classified without the reader asking: enough to see which version fails. */
const FIRST_IMAGES = 300;

/** The upper half of the page: the versions' scores over a stream, and the bits they are made with. */
export class ScoreSection {
  private readonly cards = VERSIONS.map(text => ({name: text.name, card: new ScoreCard(text)}));
  private readonly progress = new ProgressBar();
  private readonly button = byId('stream', HTMLButtonElement);
  private readonly seen = byId('seen', HTMLParagraphElement);
  private readonly stream: Stream;
  private readonly bits: BitsControl;
  private tallies = newTallies();
  /** What the versions at hand were made with. */
  private made: Bits;
  private onVersions: () => void = () => undefined;

  constructor(private readonly page: Page) {
    byId('scores', HTMLDivElement).append(...this.cards.map(({card}) => card.element));
    byId('progress', HTMLDivElement).append(this.progress.element);
    this.stream = new Stream(
      page.worker,
      judged => {
        for (const image of judged) for (const {name} of VERSIONS) this.tallies[name].add(image);
        this.show();
      },
      running => this.showState(running),
    );
    this.bits = new BitsControl(bits => page.attempt(() => this.change(bits)));
    this.made = this.bits.value;
    this.button.addEventListener('click', () => this.toggle());
  }

  /**
   * Makes the versions anew, with the bits of those that were there.
   *
   * @param onVersions called now and whenever other versions are there
   */
  async prepare(onVersions: () => void): Promise<void> {
    this.onVersions = onVersions;
    await this.quantize(this.made, false);
  }

  private async change(bits: Bits): Promise<void> {
    this.page.errors.clear();
    try {
      await this.quantize(bits, true);
    } catch (error) {
      // Cancelled in favour of other bits: those count.
      if (!this.progress.isRunning) {
        this.bits.value = this.made;
        this.button.disabled = false;
      }
      throw error;
    }
  }

  private async quantize(bits: Bits, cancellable: boolean): Promise<void> {
    this.stream.stop();
    this.button.disabled = true;
    const {worker} = this.page;
    const {float, ...sizes} = await this.progress.during(
      'Quantizing',
      async (signal, onProgress) => {
        const {bytes} = await worker.call('loadPictograms', undefined, {signal});
        return {
          float: bytes,
          ...(await worker.call('quantizePictograms', bits, {signal, onProgress})),
        };
      },
      cancellable,
    );
    this.made = bits;
    for (const {name, card} of this.cards) card.showBytes({float, ...sizes}[name], float);
    this.tallies = newTallies();
    this.stream.rewind();
    this.show();
    this.onVersions();
    this.button.disabled = false;
    this.page.attempt(() => this.stream.start(FIRST_IMAGES));
  }

  private toggle(): void {
    if (this.stream.isRunning) this.stream.stop();
    else this.page.attempt(() => this.stream.start());
  }

  private show(): void {
    for (const {name, card} of this.cards) card.show(this.tallies[name], this.tallies.float);
    const {images} = this.tallies.float;
    this.seen.textContent = images > 0 ? `${images} images` : '';
  }

  private showState(running: boolean): void {
    this.button.textContent = running ? 'Stop' : 'Start';
    this.button.classList.toggle('primary', !running);
  }
}

function newTallies() {
  return forVersions(name => new Tally(name));
}
