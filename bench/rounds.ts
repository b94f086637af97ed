import type {BenchModel, Peer, Running} from './peers/peer.js';

export interface Timing {
  readonly peer: string;
  readonly threads: number;
  /** Of each timed run. */
  readonly milliseconds: readonly number[];
  /** Why the peer could not run the model. */
  readonly error?: string;
}

interface Lane {
  readonly peer: Peer;
  readonly threads: number;
  readonly milliseconds: number[];
  running?: Running;
  /** Runs that are timed together, of a small model. */
  together: number;
  error?: string;
}

/** A timed stretch is about so many milliseconds at least. */
const STRETCH = 20;
const MOST_TOGETHER = 50;

/** Every engine compiles again what runs often: each peer runs so many milliseconds before anything is timed. */
const WARM_UP = 1500;

/** After a run, threads of a peer may spin for a while before they sleep. */
const REST = 3;

/**
 * Times the peers in turn: in each round each runs once untimed, to have its own caches, and once timed. What a shared
 * machine takes away it takes from all alike.
 */
export async function timeInTurn(
  peers: readonly Peer[],
  model: BenchModel,
  asked: number,
  rounds: number,
): Promise<Timing[]> {
  const lanes: Lane[] = peers.map(peer => ({
    peer,
    threads: peer.threads(asked),
    milliseconds: [],
    together: 1,
  }));
  for (const lane of lanes) {
    await attempt(lane, async () => {
      lane.running = await lane.peer.start(model, lane.threads);
      await lane.running.enter?.();
      const single = await warmUp(lane.running);
      lane.together = Math.min(Math.max(Math.ceil(STRETCH / single), 1), MOST_TOGETHER);
    });
  }
  for (let round = 0; round < rounds; round++) {
    for (const lane of lanes) {
      if (lane.error === undefined && round < (lane.peer.most ?? Infinity)) {
        await attempt(lane, () => timeOnce(lane));
      }
    }
  }
  for (const lane of lanes) await attempt(lane, async () => void (await lane.running?.end()));
  return lanes.map(({peer, threads, milliseconds, error}) => ({
    peer: peer.name,
    threads,
    milliseconds,
    error,
  }));
}

/** @returns milliseconds of the last run */
async function warmUp({run}: Running): Promise<number> {
  const begin = performance.now();
  for (;;) {
    const start = performance.now();
    await run();
    const end = performance.now();
    if (end - begin > WARM_UP) return end - start;
  }
}

async function timeOnce({running, milliseconds, together}: Lane): Promise<void> {
  if (running === undefined) return;
  await new Promise(resolve => setTimeout(resolve, REST));
  await running.enter?.();
  await running.run();
  const start = performance.now();
  for (let i = 0; i < together; i++) await running.run();
  milliseconds.push((performance.now() - start) / together);
}

/** A peer that fails is out, and says why. */
async function attempt(lane: Lane, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    lane.error ??= error instanceof Error ? error.message : String(error);
  }
}
