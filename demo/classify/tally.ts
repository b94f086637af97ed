import type {Judged} from '../worker/predictions.js';
import {bestClass} from './ranking.js';
import type {VersionName} from './versions.js';

/** How many of the latest images the strip shows. */
export const RECENT = 60;

/** How one version has done over a stream of labelled images. */
export class Tally {
  private right = 0;
  private agreed = 0;
  private readonly times: number[] = [];
  private readonly outcomes: boolean[] = [];

  constructor(private readonly version: VersionName) {}

  add({label, predictions}: Judged): void {
    const {logits, milliseconds} = predictions[this.version];
    const best = bestClass(logits);
    this.right += Number(best === label);
    this.agreed += Number(best === bestClass(predictions.float.logits));
    this.times.push(milliseconds);
    this.outcomes.push(best === label);
    if (this.outcomes.length > RECENT) this.outcomes.shift();
  }

  get images(): number {
    return this.times.length;
  }

  /** Share of images given their own class. */
  get accuracy(): number {
    return this.right / this.images;
  }

  /** Share of images given the class that the float model gives them. */
  get agreement(): number {
    return this.agreed / this.images;
  }

  /** Median time of an image. */
  get milliseconds(): number {
    const sorted = [...this.times].sort((a, b) => a - b);
    return sorted[sorted.length >> 1];
  }

  /** Images a second of late, one after the other. */
  get throughput(): number {
    const latest = this.times.slice(-RECENT);
    return (1000 * latest.length) / latest.reduce((a, b) => a + b, 0);
  }

  /** Whether each of the latest images was right, oldest first. */
  get recent(): readonly boolean[] {
    return this.outcomes;
  }
}
