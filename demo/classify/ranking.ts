/** A class and the share of belief that a classifier puts in it, 0 … 1. */
export interface Belief {
  readonly label: number;
  readonly probability: number;
}

/** The `count` most probable classes, best first: softmax of the logits. */
export function mostProbable(logits: Float32Array, count: number): Belief[] {
  const highest = Math.max(...logits);
  const powers = Array.from(logits, logit => Math.exp(logit - highest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers
    .map((power, label) => ({label, probability: power / sum}))
    .sort((a, b) => b.probability - a.probability || a.label - b.label)
    .slice(0, count);
}

/** The class of the highest logit; the first of equals. */
export function bestClass(logits: Float32Array): number {
  return logits.indexOf(Math.max(...logits));
}
