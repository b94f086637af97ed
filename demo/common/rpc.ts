/** The language between a page and its worker: calls by name, progress, cancelling, results, errors. */

/** How far a call is. */
export interface Progress {
  /** What it does at present, in words. */
  readonly step: string;
  /** Share that is done, 0 … 1. */
  readonly done: number;
}

/** What an operation of the worker is told beside its argument. */
export interface Call {
  /** Aborted when the page cancels. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/** What the worker can do, by name: one argument that can be cloned, a result that can. */
export type Operations = Readonly<
  Record<string, (argument: never, call: Call) => Promise<unknown>>
>;

export type ArgumentOf<T extends Operations, K extends keyof T> = Parameters<T[K]>[0];
export type ResultOf<T extends Operations, K extends keyof T> = Awaited<ReturnType<T[K]>>;

/** From the page: run an operation. */
export interface CallRequest {
  readonly kind: 'call';
  readonly id: number;
  readonly name: string;
  readonly argument: unknown;
}

/** From the page. */
export type Request = CallRequest | {readonly kind: 'cancel'; readonly id: number};

/** An error as it crosses the border. */
export interface ErrorMessage {
  readonly name: string;
  readonly message: string;
  /** What the reader can do about it, where the message does not say. */
  readonly remedy?: string;
}

/** From the worker. */
export type Reply =
  | {readonly kind: 'progress'; readonly id: number; readonly progress: Progress}
  | {readonly kind: 'result'; readonly id: number; readonly result: unknown}
  | {readonly kind: 'error'; readonly id: number; readonly error: ErrorMessage};
