import type {DemoWorker} from '../common/page.js';
import type {Judged} from '../worker/predictions.js';

/** Images of one call; the page shows their outcome at once. */
const BATCH = 5;

/** As in `npm run quickstart`: images far from those that trained the model. */
const FIRST_SEED = 2_000_000_000;

/** Images that the versions classify one after the other, from the first seed on. */
export class Stream {
  /** The run that goes on; a stopped one ends after the images it has asked for. */
  private current?: symbol;
  private seen = 0;

  constructor(
    private readonly worker: DemoWorker,
    private readonly onImages: (judged: readonly Judged[]) => void,
    /** Called when it starts and when it stops. */
    private readonly onState: (running: boolean) => void,
  ) {}

  get isRunning(): boolean {
    return this.current !== undefined;
  }

  /** Goes on until {@link stop}, or until `limit` images have been seen. */
  async start(limit = Infinity): Promise<void> {
    const run = Symbol('run');
    this.setCurrent(run);
    try {
      while (this.current === run && this.seen < limit) {
        const firstSeed = FIRST_SEED + this.seen;
        const judged = await this.worker.call('judge', {firstSeed, count: BATCH});
        if (this.current !== run) break;
        this.seen += BATCH;
        this.onImages(judged);
      }
    } finally {
      if (this.current === run) this.stop();
    }
  }

  stop(): void {
    this.setCurrent(undefined);
  }

  /** The next start begins with the first image again. */
  rewind(): void {
    this.seen = 0;
  }

  private setCurrent(run: symbol | undefined): void {
    this.current = run;
    this.onState(this.isRunning);
  }
}
