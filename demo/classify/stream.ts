import type {DemoWorker} from '../common/page.js';
import type {Judged} from '../worker/predictions.js';

/** Images of one call; the page shows their outcome at once. */
const BATCH = 5;

/** As in `npm run quickstart`: images far from those that trained the model. */
const FIRST_SEED = 2_000_000_000;

/** Images that the versions classify one after the other, from the first seed on. */
export class Stream {
  private running = false;
  private seen = 0;

  constructor(
    private readonly worker: DemoWorker,
    private readonly onImages: (judged: readonly Judged[]) => void,
    /** Called when it starts and when it stops. */
    private readonly onState: (running: boolean) => void,
  ) {}

  get isRunning(): boolean {
    return this.running;
  }

  /** Goes on until {@link stop}, or until `limit` images have been seen. */
  async start(limit = Infinity): Promise<void> {
    if (this.running) return;
    this.setRunning(true);
    try {
      while (this.running && this.seen < limit) {
        const firstSeed = FIRST_SEED + this.seen;
        const judged = await this.worker.call('judge', {firstSeed, count: BATCH});
        if (!this.running) break;
        this.seen += BATCH;
        this.onImages(judged);
      }
    } finally {
      this.setRunning(false);
    }
  }

  stop(): void {
    this.running = false;
  }

  /** The next start begins with the first image again. */
  rewind(): void {
    this.seen = 0;
  }

  private setRunning(running: boolean): void {
    this.running = running;
    this.onState(running);
  }
}
