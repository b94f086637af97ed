/**
 * The program of a worker thread. scripts/embed_thread.mjs turns it into a text, which thread hosts start: it must import
 * nothing but control.ts, and use nothing that only a page or only Node has.
 */
import {
  ACTIVE,
  ASLEEP,
  EPOCH,
  FAILED,
  MAIN_ASLEEP,
  READY,
  takeParts,
  type RunPart,
} from './control.js';

/** What a worker gets: a compiled module, the shared memory that it runs on, and the words of control.ts. */
export interface ThreadStart {
  readonly module: object;
  readonly memory: object;
  readonly control: SharedArrayBuffer;
  /** 1 or above. */
  readonly thread: number;
}

interface Host {
  readonly WebAssembly: {
    Instance: new (module: object, imports: object) => {readonly exports: object};
  };
  readonly performance: {now(): number};
}
const {WebAssembly, performance} = globalThis as unknown as Host;

/**
 * So long a worker looks out for the next command before it sleeps, in milliseconds: to be woken takes as long, and in a
 * running model the next command comes sooner. On a busy machine the looking itself takes time from the others.
 */
const WATCH_MS = 0.05;

/** Looks between two looks at the clock. */
const LOOKS = 100;

/** Works until the thread is ended. @param ready called once, when it could start to work */
export function serve({module, memory, control, thread}: ThreadStart, ready: () => void): void {
  const {exports} = new WebAssembly.Instance(module, {env: {memory}});
  const {run} = exports as {run: RunPart};
  const words = new Int32Array(control);
  let epoch = Atomics.load(words, EPOCH);
  Atomics.add(words, READY, 1);
  ready();
  for (;;) {
    work(words, run, thread);
    epoch = nextEpoch(words, epoch);
  }
}

function work(words: Int32Array, run: RunPart, thread: number): void {
  Atomics.add(words, ACTIVE, 1);
  try {
    takeParts(words, run, thread);
  } catch {
    Atomics.store(words, FAILED, 1);
  }
  const active = Atomics.sub(words, ACTIVE, 1) - 1;
  if (active === 0 && Atomics.load(words, MAIN_ASLEEP) === 1) Atomics.notify(words, ACTIVE);
}

/** Waits for an epoch other than `seen`: awake for a while, then asleep. */
function nextEpoch(words: Int32Array, seen: number): number {
  const end = performance.now() + WATCH_MS;
  do {
    for (let look = 0; look < LOOKS; look++) {
      const epoch = Atomics.load(words, EPOCH);
      if (epoch !== seen) return epoch;
    }
  } while (performance.now() < end);
  Atomics.add(words, ASLEEP, 1);
  Atomics.wait(words, EPOCH, seen);
  Atomics.sub(words, ASLEEP, 1);
  return Atomics.load(words, EPOCH);
}
