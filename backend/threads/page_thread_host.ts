import type {Thread, ThreadEvents, ThreadHost} from './thread_host.js';
import type {ThreadStart} from './thread.js';

/** What we use of a page, or of a worker of a page; this folder is compiled without the DOM library. */
interface Page {
  readonly navigator: {readonly hardwareConcurrency?: number};
  readonly Worker?: new (url: string, options: {name: string}) => PageWorker;
  readonly Blob: new (parts: string[], options: {type: string}) => object;
  readonly URL: {createObjectURL(blob: object): string; revokeObjectURL(url: string): void};
}

interface PageWorker {
  onmessage: (() => void) | null;
  onerror: ((event: {preventDefault(): void}) => void) | null;
  postMessage(message: unknown): void;
  terminate(): void;
}

const page = globalThis as unknown as Page;

/** Hands the first message to the program, and answers when that works. */
const MAIN = 'onmessage = ({data}) => thread.serve(data, () => postMessage(0));';

/** @returns undefined where there are no workers */
export function pageThreadHost(): ThreadHost | undefined {
  const {Worker} = page;
  if (Worker === undefined) return undefined;
  return {
    cores: page.navigator.hardwareConcurrency ?? 1,
    start: (source, start, events) => startWorker(Worker, source, start, events),
  };
}

/** From a blob: no file to serve. A content security policy that forbids it reports an error, or throws one. */
function startWorker(
  Worker: NonNullable<Page['Worker']>,
  source: string,
  start: ThreadStart,
  events: ThreadEvents,
): Thread {
  const url = page.URL.createObjectURL(new page.Blob([source, MAIN], {type: 'text/javascript'}));
  try {
    const worker = new Worker(url, {name: 'tfjs-dfq'});
    worker.onmessage = () => {
      page.URL.revokeObjectURL(url);
      events.ready();
    };
    worker.onerror = event => {
      worker.onerror = null;
      page.URL.revokeObjectURL(url);
      event.preventDefault(); // the app goes on without
      events.failed();
    };
    worker.postMessage(start);
    return {end: () => worker.terminate()};
  } catch (error) {
    page.URL.revokeObjectURL(url);
    throw error;
  }
}
