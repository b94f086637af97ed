import type {
  ArgumentOf,
  ErrorMessage,
  Operations,
  Progress,
  Reply,
  Request,
  ResultOf,
} from './rpc.js';
import {UserError} from './user_error.js';

export interface CallOptions {
  /** Cancels the call, which then rejects with an AbortError. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** What of the argument moves to the worker and is gone here. */
  readonly transfer?: Transferable[];
}

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly onProgress?: (progress: Progress) => void;
}

/** Time for the worker to let go of a cancelled call, before it is replaced. */
const GRACE_MS = 3000;

/** The page's end of the worker. */
export class WorkerClient<T extends Operations> {
  private worker: Worker;
  private pending = new Map<number, Pending>();
  /** Cancelled calls that the worker is still busy with, and the timers after which it is replaced. */
  private readonly lingering = new Map<number, ReturnType<typeof setTimeout>>();
  private lastId = 0;

  /**
   * @param start makes a worker
   * @param onRestart called after a worker had to be replaced, and with it all that it held
   */
  constructor(
    private readonly start: () => Worker,
    private readonly onRestart: () => void = () => undefined,
  ) {
    this.worker = this.connect();
  }

  /**
   * Calls an operation of the worker. Calls are answered one at a time, in order. A cancelled one rejects
   * at once; what is called next waits until the worker has let go of it.
   */
  call<K extends keyof T & string>(
    name: K,
    argument: ArgumentOf<T, K>,
    {signal, onProgress, transfer = []}: CallOptions = {},
  ): Promise<ResultOf<T, K>> {
    if (signal?.aborted) return Promise.reject(cancelled());
    const id = ++this.lastId;
    const result = new Promise<unknown>((resolve, reject) => {
      this.pending.set(id, {resolve, reject, onProgress});
    });
    this.post({kind: 'call', id, name, argument}, transfer);
    const cancel = () => this.cancel(id);
    signal?.addEventListener('abort', cancel);
    return result.finally(() => signal?.removeEventListener('abort', cancel)) as Promise<
      ResultOf<T, K>
    >;
  }

  private cancel(id: number): void {
    const call = this.pending.get(id);
    if (call === undefined) return;
    this.pending.delete(id);
    this.lingering.set(
      id,
      setTimeout(() => this.restart(cancelled()), GRACE_MS),
    );
    this.post({kind: 'cancel', id});
    call.reject(cancelled());
  }

  /** The worker is done with a cancelled call. */
  private release(id: number): void {
    clearTimeout(this.lingering.get(id));
    this.lingering.delete(id);
  }

  private connect(): Worker {
    const worker = this.start();
    worker.addEventListener('message', ({data}: MessageEvent<Reply>) => this.receive(data));
    worker.addEventListener('error', event => {
      event.preventDefault();
      this.restart(
        new UserError(
          `The part of this page that computes has failed: ${event.message || 'it did not load'}`,
          'Reload the page. Where that does not help, use a browser of 2023 or later.',
        ),
      );
    });
    return worker;
  }

  /** A new worker; calls that are under way fail. */
  private restart(error: unknown): void {
    this.worker.terminate();
    const failed = [...this.pending.values()];
    this.pending = new Map();
    for (const id of this.lingering.keys()) this.release(id);
    this.worker = this.connect();
    for (const {reject} of failed) reject(error);
    this.onRestart();
  }

  private post(request: Request, transfer: Transferable[] = []): void {
    this.worker.postMessage(request, transfer);
  }

  private receive(reply: Reply): void {
    if (reply.kind !== 'progress') this.release(reply.id);
    const call = this.pending.get(reply.id);
    if (call === undefined) return;
    if (reply.kind === 'progress') {
      call.onProgress?.(reply.progress);
      return;
    }
    this.pending.delete(reply.id);
    if (reply.kind === 'result') call.resolve(reply.result);
    else call.reject(revive(reply.error));
  }
}

function revive({name, message, remedy}: ErrorMessage): Error {
  if (name === 'AbortError') return cancelled();
  if (remedy !== undefined) return new UserError(message, remedy);
  return Object.assign(new Error(message), {name});
}

function cancelled(): DOMException {
  return new DOMException('cancelled', 'AbortError');
}
