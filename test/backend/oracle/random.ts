/** Reproducible random integers: mulberry32. */
export class Random {
  constructor(private state: number) {}

  /** Uniform on [0, 1), 32 bits. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** Uniform on {lo, …, hi}. */
  integer(lo: number, hi: number): number {
    return lo + Math.floor(this.next() * (hi - lo + 1));
  }

  /** int8 values, one in four of them −128 or 127. */
  int8(length: number): Int8Array {
    return Int8Array.from({length}, () => {
      if (this.next() < 0.25) return this.next() < 0.5 ? -128 : 127;
      return this.integer(-128, 127);
    });
  }

  int32(length: number, lo: number, hi: number): Int32Array {
    return Int32Array.from({length}, () => this.integer(lo, hi));
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.integer(0, choices.length - 1)];
  }
}
