import type {WorkerOperations} from '../worker.js';
import {ErrorPanel} from './error_panel.js';
import {isolate} from './isolation.js';
import {startTheme} from './theme.js';
import {WorkerClient} from './worker_client.js';

export type DemoWorker = WorkerClient<WorkerOperations>;

export interface Page {
  readonly errors: ErrorPanel;
  readonly worker: DemoWorker;
  /** Runs an action of the reader's; its error goes to the panel. */
  readonly attempt: (action: () => Promise<unknown>) => void;
}

/**
 * What both pages begin with: theme, error panel, threads where they can be had, and the worker.
 *
 * @param onRestart called when the worker was replaced and has forgotten its models
 */
export async function startPage(onRestart?: () => void): Promise<Page> {
  startTheme();
  const errors = new ErrorPanel();
  addEventListener('error', ({error}) => errors.show(error));
  addEventListener('unhandledrejection', ({reason}) => errors.show(reason));
  await isolate();
  const start = () => new Worker(new URL('../worker.ts', import.meta.url), {type: 'module'});
  const worker: DemoWorker = new WorkerClient<WorkerOperations>(start, onRestart);
  const attempt = (action: () => Promise<unknown>) => {
    action().catch((error: unknown) => errors.show(error));
  };
  return {errors, worker, attempt};
}
