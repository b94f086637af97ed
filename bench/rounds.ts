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
  /** Milliseconds: where a run takes as long, none is untimed but the first. */
  readonly slow: number;
}

interface Lane {
  readonly peer: Peer;
  readonly threads: number;
  readonly milliseconds: number[];
  running?: Running;
  /** Runs that are timed together, of a small model. */
  together: number;
  /** Milliseconds of the fastest run. */
  fastest: number;
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
    fastest: Infinity,
    spent: 0,
  }));
  for (const lane of lanes) {
    await attempt(lane, async () => {
      await start(lane, model);
      const {peer, threads, fastest} = lane;
      tell(`${model.name}, ${peer.name}, threads ${threads}: ${fastest.toFixed(1)} ms`);
    });
  }
  for (let round = 0; round < limits.rounds; round++) {
    for (const lane of lanes) {
      if (lane.error === undefined && lane.spent < limits.budget) {
        await attempt(lane, () => timeOnce(lane, limits));
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

async function start(lane: Lane, model: BenchModel): Promise<void> {
  const running = await lane.peer.start(model, lane.threads);
  lane.running = running;
  await running.enter?.();
  for (let elapsed = 0; elapsed < WARM_UP;) elapsed += await timedRuns(lane, running, 1);
  lane.together = Math.min(Math.max(Math.ceil(STRETCH / lane.fastest), 1), MOST_TOGETHER);
}

async function timeOnce(lane: Lane, {slow}: Limits): Promise<void> {
  const {running, together} = lane;
  if (running === undefined) return;
  await new Promise(resolve => setTimeout(resolve, REST));
  await running.enter?.();
  if (lane.fastest < slow) lane.spent += await timedRuns(lane, running, 1);
  const timed = await timedRuns(lane, running, together);
  lane.milliseconds.push(timed / together);
  lane.spent += timed;
}

/** @returns milliseconds of all of them */
async function timedRuns(lane: Lane, {run}: Running, times: number): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < times; i++) await run();
  const milliseconds = performance.now() - start;
  lane.fastest = Math.min(lane.fastest, milliseconds / times);
  return milliseconds;
}

/** A peer that fails is out, and says why. */
async function attempt(lane: Lane, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    lane.error ??= error instanceof Error ? error.message : String(error);
  }
}
