import {classNames, imageSize} from '../../models/pictograms/generator.js';
import {byId} from '../common/dom.js';
import type {Page} from '../common/page.js';
import type {Pixels} from '../worker/images.js';
import {Camera} from './camera.js';
import {onImageGiven} from './image_input.js';
import {drawPixels} from '../common/picture.js';
import {Samples} from './samples.js';
import {TopClasses} from './top_classes.js';
import {VERSIONS} from './versions.js';

/** Predictions of a still image, for the median of their times. */
const RUNS = 15;

interface Shown {
  readonly pixels: Pixels;
  readonly caption: string;
  /** Its class, where it is known. */
  readonly label?: number;
  readonly runs: number;
}

/** The lower half of the page: one image, from wherever, and the classes that each version finds. */
export class ImageSection {
  private readonly tops = VERSIONS.map(text => ({name: text.name, top: new TopClasses(text)}));
  private readonly canvas = byId('picture', HTMLCanvasElement);
  private readonly caption = byId('caption', HTMLParagraphElement);
  private readonly cameraButton = byId('camera', HTMLButtonElement);
  private readonly camera = new Camera();
  private readonly samples: Samples;
  private shown?: Shown;
  /** Whether the versions are there. */
  private isReady = false;

  constructor(private readonly page: Page) {
    const {worker, attempt} = page;
    byId('tops', HTMLDivElement).append(...this.tops.map(({top}) => top.element));
    this.samples = new Samples(worker, ({label, pixels}) => {
      this.camera.stop();
      const caption = `A generated ${classNames[label]}`;
      attempt(() => this.show({pixels, caption, label, runs: RUNS}));
    });
    byId('renew', HTMLButtonElement).addEventListener('click', () => attempt(() => this.start()));
    onImageGiven(file => this.showFile(file), attempt);
    this.cameraButton.addEventListener('click', () => attempt(() => this.toggleCamera()));
  }

  /** Draws new samples and shows the first. */
  async start(): Promise<void> {
    this.page.errors.clear();
    await this.samples.renew();
  }

  /** Classifies the image at hand again: the versions are others. */
  refresh(): void {
    this.isReady = true;
    const {shown} = this;
    if (shown !== undefined) this.page.attempt(() => this.show(shown));
  }

  private async showFile(file: Blob): Promise<void> {
    this.page.errors.clear();
    const pixels = await this.decode(file);
    this.camera.stop();
    this.samples.release();
    const caption = file instanceof File ? file.name : 'An image of yours';
    await this.show({pixels, caption, runs: RUNS});
  }

  private async toggleCamera(): Promise<void> {
    this.page.errors.clear();
    if (this.camera.isOn) {
      this.camera.stop();
      return;
    }
    if (this.camera.isStarting) return;
    try {
      await this.camera.run(
        async frame => {
          const pixels = await this.decode(frame);
          if (this.camera.isOn) await this.show({pixels, caption: 'Camera', runs: 1});
        },
        () => {
          this.samples.release();
          this.cameraButton.textContent = 'Stop the camera';
        },
      );
    } finally {
      this.cameraButton.textContent = 'Camera';
    }
  }

  private decode(image: Blob | ImageBitmap): Promise<Pixels> {
    const transfer = image instanceof Blob ? [] : [image];
    const request = {image, width: imageSize, height: imageSize};
    return this.page.worker.call('decodeImage', request, {transfer});
  }

  private async show(shown: Shown): Promise<void> {
    this.shown = shown;
    drawPixels(this.canvas, shown.pixels);
    this.canvas.setAttribute('aria-label', shown.caption);
    this.caption.textContent = shown.caption;
    if (!this.isReady) return;
    const {pixels, runs, label} = shown;
    const predictions = await this.page.worker.call('predict', {pixels: pixels.data, runs});
    if (this.shown !== shown) return; // another image came meanwhile
    for (const {name, top} of this.tops) top.show(predictions[name], label);
  }
}
