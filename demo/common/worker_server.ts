import type {CallRequest, ErrorMessage, Operations, Progress, Reply, Request} from './rpc.js';
import {UserError} from './user_error.js';

/** What we use of a dedicated worker's global scope, which the DOM library does not know. */
export interface WorkerScope {
  postMessage(reply: Reply): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<Request>) => void): void;
}

/**
 * Answers the page's calls with `operations`, one at a time in the order they came: they share one
 * tfjs engine, whose current backend and scopes belong to one of them.
 */
export function serve(operations: Operations, scope: WorkerScope): void {
  const waiting = new Set<number>();
  let running: {readonly id: number; readonly controller: AbortController} | undefined;
  let queue = Promise.resolve();

  const reply = (answer: Reply) => scope.postMessage(answer);
  const run = async ({id, name, argument}: CallRequest) => {
    if (!waiting.delete(id)) return; // cancelled meanwhile
    const controller = new AbortController();
    running = {id, controller};
    const {signal} = controller;
    const onProgress = (progress: Progress) => reply({kind: 'progress', id, progress});
    try {
      const result = await operations[name](argument as never, {signal, onProgress});
      reply({kind: 'result', id, result});
    } catch (error) {
      reply({kind: 'error', id, error: describe(error)});
    } finally {
      running = undefined;
    }
  };
  const cancel = (id: number) => {
    if (running?.id === id) running.controller.abort();
    else if (waiting.delete(id))
      reply({kind: 'error', id, error: {name: 'AbortError', message: ''}});
  };

  scope.addEventListener('message', ({data}) => {
    if (data.kind === 'cancel') {
      cancel(data.id);
      return;
    }
    waiting.add(data.id);
    queue = queue.then(() => run(data));
  });
}

function describe(error: unknown): ErrorMessage {
  if (!(error instanceof Error)) return {name: 'Error', message: String(error)};
  const {name, message} = error;
  return error instanceof UserError ? {name, message, remedy: error.remedy} : {name, message};
}
