import {agreement, rank, topK} from '../../cli/evaluation.js';

describe('rank', () => {
  it('orders classes by their scores', () => {
    expect(rank([0.1, 0.5, -2, 0.4], 4)).toEqual([1, 3, 0, 2]);
  });

  it('keeps the best only', () => {
    expect(rank([5, 1, 4, 2, 3], 2)).toEqual([0, 2]);
    expect(rank([1, 2], 5)).toEqual([1, 0]);
  });

  it('puts the lower index first among equals', () => {
    expect(rank([3, 7, 7, 3, 7], 5)).toEqual([1, 2, 4, 0, 3]);
    expect(rank([0, 0, 0], 2)).toEqual([0, 1]);
  });

  it('agrees with sorting', () => {
    const scores = Array.from({length: 200}, (_, i) => (i * 7919) % 83);
    const sorted = scores.map((_, i) => i).sort((a, b) => scores[b] - scores[a] || a - b);
    expect(rank(scores, 5)).toEqual(sorted.slice(0, 5));
  });

  it('takes infinite scores and refuses NaN', () => {
    expect(rank([-Infinity, 0, Infinity], 3)).toEqual([2, 1, 0]);
    expect(() => rank([0, NaN], 1)).toThrow(/NaN at class 1/);
  });
});

describe('topK', () => {
  const rankings = [
    [3, 1, 0],
    [2, 3, 1],
    [0, 1, 2],
    [1, 0, 2],
  ];

  it('is the percentage of labels among the first k', () => {
    const labels = [3, 3, 2, 9];
    expect(topK(rankings, labels, 1)).toBe(25);
    expect(topK(rankings, labels, 2)).toBe(50);
    expect(topK(rankings, labels, 5)).toBe(75);
  });
});

describe('agreement', () => {
  it('is the percentage of images with the same first class', () => {
    expect(agreement([[1, 2], [3], [4]], [[1, 3], [2], [4]])).toBe(200 / 3);
    expect(agreement([[1]], [[1]])).toBe(100);
  });
});
