import {
  ACTIVE,
  ASLEEP,
  CLOSED,
  COMMAND,
  EPOCH,
  FAILED,
  MAIN_ASLEEP,
  makeControl,
  NEXT,
  PARTS,
  READY,
  takeParts,
  type RunPart,
} from './control.js';
import type {Thread, ThreadHost} from './thread_host.js';
import {source} from '../generated/thread.js';

/** What threads run: a compiled module, its instance on the main thread, and the shared memory. */
export interface Program {
  readonly module: object;
  readonly memory: object;
  readonly run: RunPart;
}

/**
 * So many milliseconds at most the main thread watches others finish before it sleeps. It sleeps as soon as they take longer
 * than a part took here: then the system holds them up, and a core that does nothing but watch may be the one that they wait for.
 */
const WATCH_MS = 0.1;

/** A part takes milliseconds. Whoever has not finished one by then has died, and the pool with it. */
const PATIENCE_MS = 10_000;

const LOOKS = 100;

interface Host {
  readonly performance: {now(): number};
  setTimeout(action: () => void, milliseconds: number): unknown;
  clearTimeout(timer: unknown): void;
}
const host = globalThis as unknown as Host;

/**
 * Worker threads that run commands together with the main thread; see control.ts for how. Between commands they sleep.
 *
 * A thread joins in when it is ready, so that nobody waits for it. When one fails or dies, the pool is broken: the
 * command is run again by the main thread alone, as are all that follow.
 */
export class ThreadPool {
  private readonly words = makeControl();
  private readonly threads: Thread[] = [];
  private readonly waiting = new Set<() => void>();
  private readonly canSleep = canSleepHere();
  private failures = 0;
  private broken = false;

  /**
   * @param size threads in all, the main thread included
   * @param patience how long to wait for a thread that does not answer, in milliseconds
   */
  constructor(
    private readonly program: Program,
    private readonly threadHost: ThreadHost,
    readonly size: number,
    private readonly patience = PATIENCE_MS,
  ) {
    for (let thread = 1; thread < size; thread++) this.start(thread);
  }

  /** Threads that work now, the main thread included. */
  get ready(): number {
    return this.broken ? 1 : 1 + Atomics.load(this.words, READY);
  }

  /** Whether the threads have ended. */
  get isBroken(): boolean {
    return this.broken;
  }

  /** Resolves when every thread works or has failed to start, or takes too long. */
  async settled(): Promise<void> {
    let isLate = false;
    const timer = host.setTimeout(() => {
      isLate = true;
      this.tell();
    }, this.patience);
    while (!isLate && !this.broken && this.ready + this.failures < this.size) {
      await new Promise<void>(resolve => this.waiting.add(resolve));
    }
    host.clearTimeout(timer);
  }

  /** Runs all parts of a command. */
  execute(command: number, parts: number): void {
    if (this.ready === 1 || parts === 1 || !this.share(command, parts)) {
      this.program.run(command, 0, 1, 0);
    }
  }

  /** Ends the threads. */
  end(): void {
    if (this.broken) return;
    this.broken = true;
    for (const thread of this.threads) thread.end();
    this.tell();
  }

  private start(thread: number): void {
    const {module, memory} = this.program;
    const start = {module, memory, control: this.words.buffer, thread};
    let works = false;
    const ready = () => {
      works = true;
      this.tell();
    };
    const failed = () => (works ? this.end() : this.missing());
    try {
      this.threads.push(this.threadHost.start(source, start, {ready, failed}));
    } catch {
      this.missing();
    }
  }

  /** One thread less than expected. */
  private missing(): void {
    this.failures++;
    this.tell();
  }

  private tell(): void {
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
  }

  /** @returns whether all parts are done */
  private share(command: number, parts: number): boolean {
    const {words} = this;
    Atomics.store(words, COMMAND, command);
    Atomics.store(words, PARTS, parts);
    Atomics.store(words, NEXT, 0);
    Atomics.add(words, EPOCH, 1);
    if (Atomics.load(words, ASLEEP) > 0) Atomics.notify(words, EPOCH, parts - 1);
    const begin = host.performance.now();
    let taken = 0;
    try {
      taken = takeParts(words, this.program.run, 0);
    } finally {
      Atomics.store(words, NEXT, CLOSED);
      if (!this.othersFinish(begin, taken) || Atomics.load(words, FAILED) === 1) this.end();
    }
    return !this.broken;
  }

  /**
   * Waits until no worker is active.
   *
   * @param since when the main thread began with the `taken` parts that it took
   * @returns whether that came to pass
   */
  private othersFinish(since: number, taken: number): boolean {
    const {words} = this;
    const begin = host.performance.now();
    const watch = Math.min((begin - since) / Math.max(taken, 1), WATCH_MS);
    for (let elapsed = 0; elapsed < this.patience; elapsed = host.performance.now() - begin) {
      if (elapsed > watch && this.canSleep) this.sleep(this.patience - elapsed);
      for (let look = 0; look < LOOKS; look++) {
        if (Atomics.load(words, ACTIVE) === 0) return true;
      }
    }
    return false;
  }

  private sleep(milliseconds: number): void {
    const {words} = this;
    Atomics.store(words, MAIN_ASLEEP, 1);
    const active = Atomics.load(words, ACTIVE);
    if (active > 0) Atomics.wait(words, ACTIVE, active, milliseconds);
    Atomics.store(words, MAIN_ASLEEP, 0);
  }
}

/** A page's main thread must not sleep; trying throws, even where there is nothing to wait for. */
function canSleepHere(): boolean {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1);
    return true;
  } catch {
    return false;
  }
}
