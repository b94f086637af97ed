import {chooseActivationRanges} from '../../../src/passes/choose_activation_ranges.js';
import type {PassOptions} from '../../../src/passes/pass.js';
import type {TensorStatistics} from '../../../src/statistics/tensor_statistics.js';
import {contextOf, graphOf} from '../fixtures.js';

/** One channel each. */
function statistics(ranges: Record<string, [number, number]>): Map<string, TensorStatistics> {
  return new Map(
    Object.entries(ranges).map(([ref, [min, max]]) => {
      const [mean, std] = [Float64Array.of((min + max) / 2), Float64Array.of(1)];
      return [
        ref,
        {source: 'probe', mean, std, min: Float64Array.of(min), max: Float64Array.of(max)},
      ];
    }),
  );
}

async function grids(
  text: string,
  ranges: Record<string, [number, number]>,
  options: Partial<PassOptions> = {},
) {
  const context = contextOf(options);
  context.plan.statistics = statistics(ranges);
  await chooseActivationRanges.run(graphOf(text), context);
  return Object.fromEntries(context.plan.activations);
}

describe('choose-activation-ranges', () => {
  const RELU = 'x = Placeholder()\ny = Relu(x)\nreturn y';

  it('covers each tensor by itself', async () => {
    expect(await grids(RELU, {x: [-128, 127], y: [0, 510]})).toEqual({
      x: {scale: 1, zeroPoint: 0},
      y: {scale: 2, zeroPoint: -128},
    });
  });

  it('covers all channels', async () => {
    const context = contextOf();
    const values = (...list: number[]) => Float64Array.from(list);
    const moments = {mean: values(0, 0), std: values(1, 1)};
    context.plan.statistics = new Map([
      ['x', {source: 'probe', ...moments, min: values(-28, 3), max: values(-1, 227)}],
    ]);
    await chooseActivationRanges.run(graphOf(RELU), context);
    expect(context.plan.activations.get('x')).toEqual({scale: 1, zeroPoint: -100});
  });

  it('uses the bits it is given', async () => {
    const four = await grids(RELU, {x: [-8, 7], y: [0, 15]}, {activationBits: 4});
    expect(four).toEqual({x: {scale: 1, zeroPoint: 0}, y: {scale: 1, zeroPoint: -8}});
    const symmetric = await grids(RELU, {y: [0, 254]}, {symmetricActivations: true});
    expect(symmetric).toEqual({y: {scale: 2, zeroPoint: 0}});
  });

  it('knows the grids of sigmoid, softmax and tanh', async () => {
    const text = 'x = Placeholder()\ns = Sigmoid(x)\nt = Tanh(x)\nm = Softmax(x)\nreturn s, t, m';
    const unit = {scale: 1 / 256, zeroPoint: -128};
    expect(await grids(text, {s: [0.4, 0.6], t: [0, 0.1], m: [0, 0.9]})).toEqual({
      s: unit,
      m: unit,
      t: {scale: 1 / 128, zeroPoint: 0},
    });
  });

  it('gives both sides of ops that move values one grid', async () => {
    const text = `x = Placeholder()
      a = Relu(x)
      b = Neg(x)
      c = ConcatV2(a, b, i32<: 3>)
      p = MaxPool(c)
      s = Split(i32<: 3>, p) num_split=2
      d = Neg(s:1)
      return d`;
    const ranges: Record<string, [number, number]> = {
      a: [0, 10],
      b: [-28, 100],
      c: [-28, 100],
      p: [0, 227],
      s: [0, 1],
      's:1': [0, 1],
      d: [-1, 0],
    };
    const chosen = await grids(text, ranges);
    const common = {scale: 1, zeroPoint: -100};
    for (const ref of ['a', 'b', 'c', 'p', 's', 's:1']) expect(chosen[ref]).toEqual(common);
    expect(chosen['d']).not.toEqual(common);
  });

  it('does not tie tensors to constants', async () => {
    const text = 'x = Placeholder()\ny = Maximum(x, f32<: 1>)\nreturn y';
    const chosen = await grids(text, {x: [-128, 127], y: [1, 255]});
    expect(chosen['x']).not.toEqual(chosen['y']);
  });

  it('gives no grid to what has no bounds', async () => {
    expect(await grids(RELU, {x: [-Infinity, 1], y: [0, 255]})).toEqual({
      y: {scale: 1, zeroPoint: -128},
    });
  });
});
