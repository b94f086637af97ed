import {KeptValues} from '../../../src/statistics/kept_values.js';

describe('KeptValues', () => {
  let made: string[];
  const maker = (key: string, length: number) => () => {
    made.push(key);
    return {values: new Float32Array(length), shape: [length]};
  };
  beforeEach(() => (made = []));

  it('makes each value once', () => {
    const kept = new KeptValues();
    const first = kept.get('a', maker('a', 3));
    expect(kept.get('a', maker('a', 3))).toBe(first);
    kept.get('b', maker('b', 3));
    expect(made).toEqual(['a', 'b']);
  });

  it('keeps no more than it may', () => {
    const kept = new KeptValues(4 * 5);
    for (const key of ['a', 'b', 'a', 'b']) kept.get(key, maker(key, 3));
    expect(made).toEqual(['a', 'b', 'b']);
  });
});
