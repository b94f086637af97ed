/** Scores of classifiers: from a model's outputs to the figures that `dfq evaluate` prints. */

/** Class indices of one image, best first. */
export type Ranking = readonly number[];

/** What `dfq evaluate --json` prints. Shares in percent; `agreement` is null without a second model. */
export interface Evaluation {
  top1: number;
  top5: number;
  agreement: number | null;
  images: number;
  msPerImage: number;
}

/**
 * The `count` classes with the highest scores, logits or probabilities. Of equal scores the lower
 * index comes first, as in tf.argMax.
 *
 * @throws Error where a score is not a number
 */
export function rank(scores: ArrayLike<number>, count: number): Ranking {
  const best: number[] = [];
  for (let i = 0; i < scores.length; i++) {
    if (Number.isNaN(scores[i])) throw new Error(`the model's output has NaN at class ${i}`);
    let place = best.length;
    while (place > 0 && scores[best[place - 1]] < scores[i]) place--;
    if (place < count) best.splice(place, 0, i);
    if (best.length > count) best.pop();
  }
  return best;
}

/** Percentage of images whose label is among the first `k` of their ranking. */
export function topK(rankings: readonly Ranking[], labels: readonly number[], k: number): number {
  return percentage(rankings, (ranking, i) => ranking.slice(0, k).includes(labels[i]));
}

/** Percentage of images for which both models have the same first class. */
export function agreement(ours: readonly Ranking[], theirs: readonly Ranking[]): number {
  return percentage(ours, (ranking, i) => ranking[0] === theirs[i][0]);
}

function percentage(
  rankings: readonly Ranking[],
  holds: (ranking: Ranking, index: number) => boolean,
): number {
  return (100 * rankings.filter(holds).length) / rankings.length;
}
