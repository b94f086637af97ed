import type {BenchModel, Peer, Running} from './peers/peer.js';

export interface Timing {
  readonly peer: string;
  readonly threads: number;
  /** Of each timed run. */
  readonly milliseconds: readonly number[];
  /** Why the peer could not run the model. */
  readonly error?: string;
}

/** How often a peer runs one model. */
export interface Limits {
  /** Timed runs. */
  readonly rounds: number;
  /**
   * Milliseconds of all its runs in the rounds, timed or not: a peer that has used them up sits the other rounds out. Every
   * peer is timed once at least.
   */
  readonly budget: number;
  /** Milliseconds: a first run that takes as long is the one that counts. */
  readonly slow: number;
}

interface Lane {
  readonly peer: Peer;
  readonly threads: number;
  readonly milliseconds: number[];
  running?: Running;
  /** Runs that are timed together, of a small model. */
  together: number;
  /** Milliseconds, of the budget. */
  spent: number;
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
 *
 * @param asked threads
 * @param tell gets a line on each peer that has warmed up
 */
export async function timeInTurn(
  peers: readonly Peer[],
  model: BenchModel,
  asked: number,
  limits: Limits,
  tell: (line: string) => void = () => undefined,
): Promise<Timing[]> {
  const lanes: Lane[] = peers.map(peer => ({
    peer,
    threads: peer.threads(asked),
    milliseconds: [],
    together: 1,
    spent: 0,
  }));
  for (const lane of lanes) {
    await attempt(lane, async () => {
      const fastest = await start(lane, model, limits);
      tell(`${model.name}, ${lane.peer.name}, threads ${lane.threads}: ${fastest.toFixed(1)} ms`);
    });
  }
  for (let round = 0; round < limits.rounds; round++) {
    for (const lane of lanes) {
      if (lane.error === undefined && lane.spent < limits.budget) {
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

/** @returns milliseconds of the fastest run */
async function start(lane: Lane, model: BenchModel, {budget, slow}: Limits): Promise<number> {
  lane.running = await lane.peer.start(model, lane.threads);
  await lane.running.enter?.();
  const {first, fastest} = await warmUp(lane.running);
  lane.together = Math.min(Math.max(Math.ceil(STRETCH / fastest), 1), MOST_TOGETHER);
  if (first >= slow) {
    lane.milliseconds.push(first);
    lane.spent = budget;
  }
  return fastest;
}

/** @returns milliseconds of the first and of the fastest run */
async function warmUp({run}: Running): Promise<{first: number; fastest: number}> {
  const first = await millisecondsOf(run, 1);
  let fastest = first;
  for (let elapsed = first; elapsed < WARM_UP;) {
    const milliseconds = await millisecondsOf(run, 1);
    fastest = Math.min(fastest, milliseconds);
    elapsed += milliseconds;
  }
  return {first, fastest};
}

async function timeOnce(lane: Lane): Promise<void> {
  const {running, together} = lane;
  if (running === undefined) return;
  await new Promise(resolve => setTimeout(resolve, REST));
  await running.enter?.();
  const untimed = await millisecondsOf(running.run, 1);
  const timed = await millisecondsOf(running.run, together);
  lane.milliseconds.push(timed / together);
  lane.spent += untimed + timed;
}

async function millisecondsOf(run: Running['run'], times: number): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < times; i++) await run();
  return performance.now() - start;
}

/** A peer that fails is out, and says why. */
async function attempt(lane: Lane, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    lane.error ??= error instanceof Error ? error.message : String(error);
  }
}
