/**
 * Flips roundings of one output channel so that errors cancel instead of adding up (SQuant, Guo et al.
 * 2022, §3). Inputs are correlated: the taps of a kernel see neighbouring pixels, and channels rise and
 * fall together, so that the sum of the errors matters more than each of them. First the sum over each
 * kernel, then the weighted sum over the channel is brought as near to 0 as flips get it:
 *
 *   |Σₜ e[n, t]|,   then   |Σₙ weight[n] · Σₜ e[n, t]|                                           (10)
 *
 * A flip moves an integer to the other side of its exact value, so that no error exceeds one step.
 */
export class RoundingFlips {
  /** By how much each integer moves: −1, 0 or 1; [kernels, taps]. */
  readonly moves: Int8Array;
  private readonly taps: number;

  /**
   * @param errors integer − exact value, in steps, [kernels, taps]; follows the flips
   * @param weights how much each kernel's input counts, [kernels]
   * @param hasRoom may the integer at an index move by −1 or +1?
   */
  constructor(
    private readonly errors: Float64Array,
    private readonly weights: Float64Array,
    private readonly hasRoom: (index: number, move: Move) => boolean,
  ) {
    this.moves = new Int8Array(errors.length);
    this.taps = errors.length / weights.length;
  }

  run(): void {
    const {weights, taps} = this;
    const sums = new Float64Array(weights.length);
    for (let n = 0; n < weights.length; n++) {
      sums[n] = taps === 1 ? this.errors[n] : this.balanceKernel(n);
    }
    this.balanceChannel(sums);
  }

  /** @returns the sum of errors that is left */
  private balanceKernel(n: number): number {
    let sum = 0;
    for (let i = n * this.taps; i < (n + 1) * this.taps; i++) sum += this.errors[i];
    const move = against(sum);
    while (Math.abs(sum + move) < Math.abs(sum)) {
      const i = this.largestError(n, move);
      if (i < 0) break;
      this.flip(i, move);
      sum += move;
    }
    return sum;
  }

  /** At most one flip in each kernel, those first that add least to the kernels' own sums. */
  private balanceChannel(sums: Float64Array): void {
    const {weights} = this;
    let total = sums.reduce((all, sum, n) => all + weights[n] * sum, 0);
    const move = against(total);
    const cost = sums.map((sum, n) => weights[n] * (1 + 2 * move * sum));
    const kernels = Array.from(weights.keys()).sort((a, b) => cost[a] - cost[b] || a - b);
    for (const n of kernels) {
      if (Math.abs(total + move * weights[n]) >= Math.abs(total)) continue;
      const i = this.largestError(n, move);
      if (i < 0) continue;
      this.flip(i, move);
      total += move * weights[n];
    }
  }

  /** The tap of kernel `n` that errs most against `move` and may move; −1 if none does. */
  private largestError(n: number, move: Move): number {
    let best = -1;
    let most = 0;
    for (let i = n * this.taps; i < (n + 1) * this.taps; i++) {
      const error = -move * this.errors[i];
      if (error <= most || !this.hasRoom(i, move)) continue;
      best = i;
      most = error;
    }
    return best;
  }

  private flip(i: number, move: Move): void {
    this.moves[i] += move;
    this.errors[i] += move;
  }
}

export type Move = -1 | 1;

function against(sum: number): Move {
  return sum > 0 ? -1 : 1;
}
