import {TensorError} from '../../../src/report/tensor_error.js';

function errorOf(channels: number, wanted: number[], actual: number[]): TensorError {
  const error = new TensorError(channels);
  error.add(wanted, actual);
  return error;
}

describe('the error of a tensor', () => {
  it('is signal over noise, and the angle between both', () => {
    const error = errorOf(1, [3, 4], [3, 3.5]);
    expect(error.sqnr).toBeCloseTo(20, 10); // 25 / 0.25
    expect(error.cosine).toBeCloseTo(23 / (5 * Math.hypot(3, 3.5)), 12);
  });

  it('is that of all samples together', () => {
    const error = errorOf(2, [1, 2], [1, 2]);
    error.add([3, 4, 0, 0], [3, 5, 0, 0]);
    expect(error.sqnr).toBeCloseTo(10 * Math.log10(30), 10);
    expect(error.worstChannel).toEqual({channel: 1, sqnr: error.worstChannel?.sqnr});
    expect(error.worstChannel?.sqnr).toBeCloseTo(10 * Math.log10(20), 10);
  });

  it('finds the worst of the channels that carry a signal', () => {
    // channel 2 is all noise, but a thousandth of the mean power is 1000 times what it has
    const error = errorOf(3, [10, 5, 0.001], [11, 4.9, 0.5]);
    expect(error.worstChannel?.channel).toBe(0);
  });

  it('is none between equal tensors, and between zeros', () => {
    expect(errorOf(1, [1, -2], [1, -2])).toMatchObject({sqnr: Infinity, cosine: 1});
    const zeros = errorOf(2, [0, 0], [0, 0]);
    expect([zeros.sqnr, zeros.cosine, zeros.worstChannel]).toEqual([Infinity, 1, undefined]);
  });
});
