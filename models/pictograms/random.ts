/**
 * Deterministic random numbers: 32-bit integer arithmetic only, the same in every JavaScript engine.
 *
 * The state walks by Weyl steps and each output is mixed as in mulberry32.
 *
 * @example new Random(1).integer(100); // => 4
 */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = mix(seed ^ 0x9e3779b9);
  }

  /** Uniform in [0, 1). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    return mix(this.state) / 4294967296;
  }

  /** Uniform in [min, max). */
  uniform(min: number, max: number): number {
    return min + (max - min) * this.next();
  }

  /** Uniform over 0 … count − 1. */
  integer(count: number): number {
    return Math.floor(count * this.next());
  }

  /** True with probability `p`. */
  chance(p: number): boolean {
    return this.next() < p;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.integer(choices.length)];
  }

  /** Bell-shaped, mean 0, standard deviation 1, within ±3.5: the sum of four uniforms. */
  bell(): number {
    return (this.next() + this.next() + this.next() + this.next() - 2) * 1.7320508075688772;
  }
}

/** The output function of mulberry32: unsigned 32 bits to unsigned 32 bits. */
function mix(bits: number): number {
  let t = Math.imul(bits ^ (bits >>> 15), bits | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return (t ^ (t >>> 14)) >>> 0;
}
