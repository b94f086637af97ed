import type {ArgumentOf, ResultOf} from '../common/rpc.js';
import {isCancelled} from '../common/user_error.js';
import type {CallOptions} from '../common/worker_client.js';
import type {DemoWorker} from '../common/page.js';
import type {WorkerOperations} from '../worker.js';
import type {ModelOrigin, OpenedModel} from '../worker/quantize/opening.js';

/** The model at hand: the worker holds it, and when that was replaced, it is opened anew. */
export class Session {
  private origin?: ModelOrigin;
  private isOpen = false;

  constructor(private readonly worker: DemoWorker) {}

  /** The worker was replaced, and has no model. */
  lose(): void {
    this.isOpen = false;
  }

  /** The one that was open stays, if this one can't be opened. */
  async open(origin: ModelOrigin, options: CallOptions): Promise<OpenedModel> {
    const opened = await this.worker.call('openModel', origin, options);
    this.origin = origin;
    this.isOpen = true;
    return opened;
  }

  /** Calls an operation of the worker that needs the model. */
  async call<K extends keyof WorkerOperations>(
    name: K,
    argument: ArgumentOf<WorkerOperations, K>,
    options: CallOptions = {},
  ): Promise<ResultOf<WorkerOperations, K>> {
    await this.reopen(options);
    try {
      return await this.worker.call(name, argument, options);
    } catch (error) {
      // The worker was replaced because of an earlier call, which would not end.
      const isOurs = options.signal?.aborted === true;
      if (!isCancelled(error) || isOurs || this.isOpen) throw error;
      await this.reopen(options);
      return this.worker.call(name, argument, options);
    }
  }

  private async reopen(options: CallOptions): Promise<void> {
    if (!this.isOpen && this.origin !== undefined) await this.open(this.origin, options);
  }
}
