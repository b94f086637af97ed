import type {Timing} from './rounds.js';

/** What a process or a page is to time. */
export interface Task {
  readonly models: ReadonlyArray<{readonly name: string; readonly folder: string}>;
  readonly threads: number;
  readonly rounds: number;
}

export interface Answer {
  readonly model: string;
  readonly macs: number;
  /** How many threads were asked for. */
  readonly asked: number;
  readonly timings: readonly Timing[];
}
