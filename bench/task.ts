import type {Limits, Timing} from './rounds.js';

/** What a process or a page is to time. */
export interface Task {
  readonly models: ReadonlyArray<{readonly name: string; readonly folder: string}>;
  readonly threads: number;
  readonly limits: Limits;
}

export interface Answer {
  readonly model: string;
  readonly macs: number;
  /** How many threads were asked for. */
  readonly asked: number;
  readonly timings: readonly Timing[];
}
