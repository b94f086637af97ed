import type {Call, ErrorMessage, Operations, Reply, Request} from './rpc.js';
import {UserError} from './user_error.js';

/** What we use of a dedicated worker's global scope, which the DOM library does not know. */
export interface WorkerScope {
  postMessage(reply: Reply, transfer: Transferable[]): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<Request>) => void): void;
}

/**
 * Answers the page's calls with `operations`, one at a time in the order they came: they share one
 * tfjs engine, whose current backend and scopes belong to one of them.
 */
export function serve(operations: Operations, scope: WorkerScope): void {
  const running = new Map<number, AbortController>();
  let queue = Promise.resolve();
  const run = async (id: number, name: string, argument: unknown) => {
    const {signal} = running.get(id) ?? new AbortController();
    const onProgress: Call['onProgress'] = progress =>
      scope.postMessage({kind: 'progress', id, progress}, []);
    try {
      signal.throwIfAborted();
      const result = await operations[name](argument as never, {signal, onProgress});
      scope.postMessage({kind: 'result', id, result}, transferable(result));
    } catch (error) {
      scope.postMessage({kind: 'error', id, error: describe(error)}, []);
    } finally {
      running.delete(id);
    }
  };
  scope.addEventListener('message', ({data}) => {
    if (data.kind === 'cancel') {
      running.get(data.id)?.abort();
      return;
    }
    const {id, name, argument} = data;
    running.set(id, new AbortController());
    queue = queue.then(() => run(id, name, argument));
  });
}

/** Pictures move rather than being copied; everything else is small. */
function transferable(result: unknown): Transferable[] {
  return result instanceof ImageBitmap ? [result] : [];
}

function describe(error: unknown): ErrorMessage {
  if (!(error instanceof Error)) return {name: 'Error', message: String(error)};
  const {name, message} = error;
  return error instanceof UserError ? {name, message, remedy: error.remedy} : {name, message};
}
