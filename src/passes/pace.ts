/** Some tens of milliseconds of work that takes several nanoseconds a unit: the loops over all weights. */
const STRETCH = 1 << 20;

/** Gives the host its turn after each stretch of work. */
export class Pace {
  private done = 0;

  /** @param turn is awaited between two stretches */
  constructor(private readonly turn: () => Promise<void>) {}

  /** To be awaited before `work` units are done. */
  async next(work: number): Promise<void> {
    this.done += work;
    if (this.done < STRETCH) return;
    this.done = work;
    await this.turn();
  }
}
