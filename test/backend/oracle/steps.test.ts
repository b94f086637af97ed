import type {FilterSpec} from '../../../backend/microkernels.js';
import * as oracle from './oracle.js';
import {describeMicrokernel, runOnBlocks, withFilter} from './tester.js';

const X = Int8Array.from({length: 256}, (_, i) => i - 128);

const SHIFT = 39;

/** One channel for each step of a whole grid. */
const LEVELS = Array.from({length: 255}, (_, i) => i - 127);

/** The accumulator where (3) without its zero point becomes `level`: the bias of a channel that sees both sides of it. */
function stepTo(level: number, mantissa: number): number {
  return mantissa === 0 ? 0 : Math.round(((level - 0.5) * 2 ** SHIFT) / mantissa);
}

/** Steps at integers, where (3) rounds a tie up; steps a hair beside integers; no steps; ordinary ones. */
const MANTISSAS = [2 ** 30, 2 ** 30 + 1, 0, 1326403221, 1522918048, 1689955425];

function filterOf(mantissa: number, zeroPoint: number): FilterSpec {
  const {length} = LEVELS;
  const mantissas = new Int32Array(length).fill(mantissa);
  return {
    height: 1,
    width: 1,
    inChannels: 1,
    outChannels: length,
    values: new Int8Array(length).fill(1),
    zeroPoint: new Int32Array(length),
    bias: Int32Array.from(LEVELS, level => stepTo(level - zeroPoint, mantissa)),
    xZeroPoint: 0,
    stage: {
      mantissa: mantissas,
      negativeMantissa: mantissas,
      shift: SHIFT,
      zeroPoint,
      lo: -128,
      hi: new Int8Array(length).fill(127),
    },
  };
}

describeMicrokernel('the steps of (3)', kernels => {
  for (const mantissa of MANTISSAS) {
    it(`are where they should be for a mantissa of ${mantissa}`, () => {
      for (const zeroPoint of [-128, 3]) {
        const filter = filterOf(mantissa, zeroPoint);
        const y = withFilter(kernels(), kernels().packConv2D(filter), packed =>
          runOnBlocks(kernels(), [X], X.length * LEVELS.length, ([block], output) =>
            kernels().matMul(packed, X.length)(block, output),
          ),
        );
        const expected = oracle.matMul(X, filter, X.length);
        expect(y.findIndex((q, i) => q !== expected[i])).toBe(-1);
      }
    });
  }
});
