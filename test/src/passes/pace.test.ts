import {Pace} from '../../../src/passes/pace.js';

describe('pace', () => {
  it('gives a turn between stretches of work, before the next', async () => {
    let turns = 0;
    const pace = new Pace(() => Promise.resolve(void turns++));
    const seen: number[] = [];
    for (const work of [1, 1 << 20, 1, (1 << 20) - 2, 1, 0]) {
      await pace.next(work);
      seen.push(turns);
    }
    expect(seen).toEqual([0, 1, 2, 2, 3, 3]);
  });
});
