import type {Call, Reply, Request} from '../../../demo/common/rpc.js';
import {isCancelled, UserError} from '../../../demo/common/user_error.js';
import {WorkerClient} from '../../../demo/common/worker_client.js';
import {serve} from '../../../demo/common/worker_server.js';

/** Ends when its call is cancelled. */
const untilCancelled = (_: undefined, {signal}: Call) =>
  new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new DOMException('cancelled', 'AbortError')));
  });

const operations = {
  double: async (x: number) => 2 * x,
  count: async (to: number, {onProgress}: Call) => {
    for (let i = 1; i <= to; i++) onProgress({step: `step ${i}`, done: i / to});
    return to;
  },
  refuse: async () => {
    throw new UserError('no such file', 'choose another');
  },
  fail: async () => {
    throw Object.assign(new Error('bits is 9'), {name: 'DfqError'});
  },
  untilCancelled,
  /** Hears of nothing. */
  hang: () => new Promise<never>(() => undefined),
};

/** What the client uses of a Worker, with the server on its other side. */
class LocalWorker extends EventTarget {
  private readonly scope = new EventTarget();
  private isOver = false;

  constructor() {
    super();
    serve(operations, {
      postMessage: (reply: Reply) => {
        if (!this.isOver) this.dispatchEvent(new MessageEvent('message', {data: reply}));
      },
      addEventListener: (type, listener) =>
        this.scope.addEventListener(type, event => listener(event as MessageEvent<Request>)),
    });
  }

  postMessage(data: Request): void {
    queueMicrotask(() => this.scope.dispatchEvent(new MessageEvent('message', {data})));
  }

  terminate(): void {
    this.isOver = true;
  }
}

let workers: LocalWorker[];
let restarts: number;
let client: WorkerClient<typeof operations>;

beforeEach(() => {
  workers = [];
  restarts = 0;
  const start = () => {
    const worker = new LocalWorker();
    workers.push(worker);
    return worker as unknown as Worker;
  };
  client = new WorkerClient<typeof operations>(start, () => restarts++);
});

const reasonOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('a call of the worker', () => {
  it('gives the result', async () => {
    expect(await Promise.all([client.call('double', 4), client.call('double', 5)])).toEqual([
      8, 10,
    ]);
  });

  it('tells how far it is', async () => {
    const steps: number[] = [];
    await client.call('count', 4, {onProgress: ({done}) => steps.push(done)});
    expect(steps).toEqual([0.25, 0.5, 0.75, 1]);
  });

  it('rejects with the error of the other side, remedy and name included', async () => {
    const refused = await reasonOf(client.call('refuse', undefined));
    expect(refused).toBeInstanceOf(UserError);
    expect((refused as UserError).remedy).toBe('choose another');
    const failed = (await reasonOf(client.call('fail', undefined))) as Error;
    expect([failed.name, failed.message]).toEqual(['DfqError', 'bits is 9']);
  });
});

/** Lets the worker take up what was asked of it. */
const turn = () => new Promise(resolve => setTimeout(resolve));

describe('cancelling', () => {
  it('rejects at once, and the next call is answered when the worker has let go', async () => {
    const controller = new AbortController();
    const reason = reasonOf(client.call('untilCancelled', undefined, {signal: controller.signal}));
    const next = client.call('double', 3);
    await turn();
    controller.abort();
    expect(isCancelled(await reason)).toBe(true);
    expect(await next).toBe(6);
    expect(restarts).toBe(0);
  });

  it('takes a call that waits out of the queue', async () => {
    const [first, second] = [new AbortController(), new AbortController()];
    const running = reasonOf(client.call('untilCancelled', undefined, {signal: first.signal}));
    const seen: number[] = [];
    const waiting = reasonOf(
      client.call('count', 2, {signal: second.signal, onProgress: ({done}) => seen.push(done)}),
    );
    await turn();
    second.abort();
    first.abort();
    expect([await running, await waiting].map(isCancelled)).toEqual([true, true]);
    await client.call('double', 1);
    expect(seen).toEqual([]);
  });

  it('of a signal that is aborted already asks the worker for nothing', async () => {
    const reason = await reasonOf(client.call('hang', undefined, {signal: AbortSignal.abort()}));
    expect(isCancelled(reason)).toBe(true);
    expect(await client.call('double', 2)).toBe(4);
  });

  it('replaces a worker that does not let go', async () => {
    const controller = new AbortController();
    const reason = reasonOf(client.call('hang', undefined, {signal: controller.signal}));
    const other = reasonOf(client.call('double', 1));
    await turn();
    controller.abort();
    expect(isCancelled(await reason)).toBe(true);
    expect(isCancelled(await other)).toBe(true);
    expect([workers.length, restarts]).toEqual([2, 1]);
    expect(await client.call('double', 7)).toBe(14);
  });
});

describe('a worker that fails', () => {
  it('is replaced, and its calls say so in words', async () => {
    const lost = reasonOf(client.call('hang', undefined));
    workers[0].dispatchEvent(Object.assign(new Event('error'), {message: 'out of memory'}));
    const error = await lost;
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toContain('out of memory');
    expect(await client.call('double', 7)).toBe(14);
  });
});
