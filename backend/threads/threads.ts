import type {ThreadHost} from './thread_host.js';
import {ThreadPool, type Program} from './thread_pool.js';
import {defaultThreads, threadsAskedFor} from './thread_setting.js';

/**
 * A part smaller than this, in nanoseconds on one thread, is not worth handing over.
 */
const MINIMUM_PART = 20_000;

/** Parts for each thread, so that one that the system holds up keeps the others waiting for a short while only. */
const PARTS_PER_THREAD = 4;

/**
 * The threads of one memory: as many as the app asked for, else as the machine has cores. These start with the first
 * command that is worth it, those that were asked for at once.
 */
export class Threads {
  private pool: ThreadPool | undefined;

  constructor(
    private readonly program: Program,
    private readonly host: ThreadHost,
  ) {
    const count = threadsAskedFor();
    if (count !== undefined) this.pool = this.start(count);
  }

  /** Threads that work now, the main thread included. */
  get count(): number {
    return this.pool?.ready ?? 1;
  }

  /** Ends the threads that there are and starts others. @returns how many work, the main thread included */
  async set(count: number): Promise<number> {
    if (this.pool?.size !== count || this.pool.isBroken) {
      this.pool?.end();
      this.pool = this.start(count);
    }
    await this.pool.settled();
    return this.count;
  }

  /**
   * Runs a command.
   *
   * @param work nanoseconds that one thread needs, by a rough estimate
   * @param units into how many parts it may be split at most
   */
  execute(command: number, work: number, units: number): void {
    const worthwhile = Math.min(units, Math.floor(work / MINIMUM_PART));
    if (worthwhile < 2) {
      this.program.run(command, 0, 1, 0);
      return;
    }
    const pool = (this.pool ??= this.start(threadsAskedFor() ?? defaultThreads(this.host)));
    pool.execute(command, Math.min(worthwhile, pool.size * PARTS_PER_THREAD));
  }

  /** Ends the threads for good; commands still run, on the main thread. */
  end(): void {
    this.pool?.end();
    this.pool ??= this.start(1);
  }

  private start(count: number): ThreadPool {
    return new ThreadPool(this.program, this.host, count);
  }
}
