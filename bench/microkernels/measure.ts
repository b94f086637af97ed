const WARM_UP_SECONDS = 0.05;
const SECONDS = 0.5;
const MIN_ROUNDS = 5;

/**
 * The fastest run of each, in turn: what a shared machine takes away it takes from all alike, and the fastest runs are
 * those that it left alone.
 */
export function bestSeconds(...runs: (() => void)[]): number[] {
  for (const run of runs) {
    for (const until = now() + WARM_UP_SECONDS; now() < until;) run();
  }
  const best = runs.map(() => Infinity);
  const until = now() + SECONDS;
  for (let round = 0; round < MIN_ROUNDS || now() < until; round++) {
    runs.forEach((run, i) => {
      best[i] = Math.min(best[i], secondsOf(run));
    });
  }
  return best;
}

export function secondsOf(run: () => void): number {
  const start = now();
  run();
  return now() - start;
}

function now(): number {
  return performance.now() / 1000;
}
