import type {Extent} from '../simd_command.js';
import type {Executor} from '../simd_runner.js';
import type {ThreadHost} from './thread_host.js';
import {ThreadPool, type Program} from './thread_pool.js';
import {defaultThreads, threadsAskedFor} from './thread_setting.js';

/**
 * A part that costs less, in multiply-accumulates of {@link Extent}, is not worth handing over: about 15 µs, where sharing
 * a command takes 1 µs from the main thread, but a thread that the system holds up in a part takes more.
 */
const MINIMUM_COST = 400_000;

/** Parts for each thread, so that one that the system holds up keeps the others waiting for a short while only. */
const PARTS_PER_THREAD = 4;

/**
 * The threads of one memory: as many as the app asked for, else as the machine has cores. These start with the first
 * command that is worth it, those that were asked for at once.
 */
export class Threads implements Executor {
  private pool: ThreadPool | undefined;

  constructor(
    private readonly program: Program,
    private readonly host: ThreadHost,
  ) {
    const count = threadsAskedFor();
    if (count !== undefined) this.pool = this.start(count);
  }

  /** Threads that may work at the same time, the main thread included. */
  get threads(): number {
    return this.pool?.size ?? 1;
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

  execute(command: number, {units, grain, cost}: Extent): void {
    const worthwhile = Math.min(Math.ceil(units / grain), Math.floor(cost / MINIMUM_COST));
    if (worthwhile < 2) this.program.run(command, 0, 1, 0);
    else this.share(command, worthwhile);
  }

  /** Ends the threads for good; commands still run, on the main thread. */
  end(): void {
    this.pool?.end();
    this.pool ??= this.start(1);
  }

  private share(command: number, worthwhile: number): void {
    const {pool} = this;
    if (pool !== undefined) {
      pool.execute(command, Math.min(worthwhile, pool.size * PARTS_PER_THREAD));
      return;
    }
    this.pool = this.start(threadsAskedFor() ?? defaultThreads(this.host));
    this.program.run(command, 0, 1, 0); // it has scratch for one thread
  }

  private start(count: number): ThreadPool {
    return new ThreadPool(this.program, this.host, count);
  }
}
