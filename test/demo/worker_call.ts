import type {ArgumentOf, ResultOf} from '../../demo/common/rpc.js';
import type {WorkerOperations} from '../../demo/worker.js';
import type {Visitor} from './visitor.js';

type Call = {
  [K in keyof WorkerOperations]: {name: K; argument: ArgumentOf<WorkerOperations, K>};
}[keyof WorkerOperations];

/**
 * Runs calls in a worker of its own, started from the script that the page's worker runs.
 *
 * @returns what the last of them gives; typed arrays become arrays of numbers
 */
export async function callWorker<K extends keyof WorkerOperations>(
  {page}: Visitor,
  calls: readonly Call[],
): Promise<ResultOf<WorkerOperations, K>> {
  const url = page.workers().map(worker => worker.url()).find(address => !address.startsWith('blob:')); // prettier-ignore
  const script = `(async (url, calls) => {
    const worker = new Worker(url, {type: 'module'});
    let last;
    for (const [id, call] of calls.entries()) {
      last = await new Promise((resolve, reject) => {
        worker.onmessage = ({data}) => {
          if (data.kind === 'result') resolve(data.result);
          if (data.kind === 'error') reject(new Error(data.error.message));
        };
        worker.postMessage({kind: 'call', id, ...call});
      });
    }
    worker.terminate();
    return JSON.stringify(last, (_, value) => ArrayBuffer.isView(value) ? Array.from(value) : value);
  })(${JSON.stringify(url)}, ${JSON.stringify(calls)})`;
  return JSON.parse(await page.evaluate<string>(script)) as ResultOf<WorkerOperations, K>;
}
