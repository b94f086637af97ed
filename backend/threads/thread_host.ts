import type {ThreadStart} from './thread.js';

/** A worker thread that has been started; it may never become ready. */
export interface Thread {
  /** Ends it at once. */
  end(): void;
}

export interface ThreadEvents {
  /** It works. */
  ready(): void;
  /** It did not start, or ended of itself; called once. */
  failed(): void;
}

/** What knows how threads are started here: in a page, a worker of a page, or Node. */
export interface ThreadHost {
  /** How many threads the machine runs at once. */
  readonly cores: number;
  /**
   * Starts a thread, which does not keep a program alive.
   *
   * @param source a script that defines `thread`, what thread.ts exports
   * @param start for `thread.serve`
   * @throws anything, where threads are forbidden
   */
  start(source: string, start: ThreadStart, events: ThreadEvents): Thread;
}
