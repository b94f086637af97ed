import {setFilter, forEachWeight, type Layer, layersOf} from '../../../src/graph/layer.js';
import type {Graph} from '../../../src/graph/graph.js';
import {correctBias, expectedShift} from '../../../src/passes/correct_bias.js';
import type {QuantizedFilter} from '../../../src/passes/plan.js';
import {quantizeFilter, quantizeWeights} from '../../../src/passes/quantize_weights.js';
import {gridOfBits} from '../../../src/quant/grid.js';
import {
  chooseQuantParams,
  dequantizeValue,
  quantizeValue,
} from '../../../src/quant/quant_params.js';
import {rangeOf} from '../../../src/quant/range.js';
import {contextOf, evaluate, graphOf, OPTIONS} from '../fixtures.js';

function layer(text: string, seed = 1): Layer {
  return layersOf(graphOf(`x = Placeholder()\ny = ${text}\nreturn y`, {}, seed))[0];
}

/** The real values of integer weights. */
function reals(layer: Layer, {values, scale, zeroPoint}: QuantizedFilter): Float32Array {
  const out = new Float32Array(values.length);
  forEachWeight(layer, (i, _, c) => {
    const k = scale.length > 1 ? c : 0;
    out[i] = scale[k] * (values[i] - zeroPoint[k]);
  });
  return out;
}

const LAYERS: Record<string, Layer> = {
  conv: layer('Conv2D(x, ~3x3x4x5)'),
  depthwise: layer('DepthwiseConv2dNative(x, ~3x3x4x2)'),
  matmul: layer('MatMul(x, ~7x5)'),
};

describe('quantizeFilter', () => {
  for (const [kind, subject] of Object.entries(LAYERS)) {
    for (const perChannel of [false, true]) {
      for (const symmetric of [false, true]) {
        const title = `${kind}, ${perChannel ? 'per channel' : 'per tensor'}${symmetric ? ', symmetric' : ''}`;
        it(`errs by half a step at most: ${title}`, () => {
          for (let weightBits = 2; weightBits <= 8; weightBits++) {
            const filter = quantizeFilter(subject, {
              weightBits,
              perChannel,
              symmetricWeights: symmetric,
              scales: 'float',
              weightRange: 'min-max',
            });
            const grid = gridOfBits(weightBits, symmetric);
            expect(filter.scale.length).toBe(perChannel ? subject.outChannels : 1);
            expect(filter.zeroPoint.length).toBe(filter.scale.length);
            const back = reals(subject, filter);
            forEachWeight(subject, (i, _, c) => {
              const scale = filter.scale[perChannel ? c : 0];
              const error = Math.abs(back[i] - subject.filter.values[i]);
              expect(error).toBeLessThanOrEqual(scale * 0.5001);
              expect(filter.values[i]).toBeGreaterThanOrEqual(grid.min);
              expect(filter.values[i]).toBeLessThanOrEqual(grid.max);
            });
            if (symmetric) expect([...filter.zeroPoint].every(z => z === 0)).toBe(true);
          }
        });
      }
    }
  }

  for (const perChannel of [false, true]) {
    for (const symmetricWeights of [false, true]) {
      it(`takes the better of two powers of two: ${JSON.stringify({perChannel, symmetricWeights})}`, () => {
        const lower: boolean[] = [];
        for (let seed = 1; seed <= 12; seed++) {
          const subject = layer(`MatMul(x, ~40x3(${-seed / 3},${seed / 4}))`, seed);
          const options = {...OPTIONS, weightBits: 4, perChannel, symmetricWeights};
          const exact = quantizeFilter(subject, options);
          const filter = quantizeFilter(subject, {...options, scales: 'power-of-two'});
          const grid = gridOfBits(4, symmetricWeights);
          filter.scale.forEach((scale, c) => {
            const up = 2 ** Math.ceil(Math.log2(exact.scale[c]) - 1e-6);
            expect([up, up / 2]).toContain(scale);
            lower.push(scale < up);
            const channel = (i: number) => !perChannel || i % 3 === c;
            const error = (s: number, z: number) =>
              subject.filter.values
                .filter((_, i) => channel(i))
                .reduce((sum, w) => {
                  const params = {scale: s, zeroPoint: z};
                  return sum + (dequantizeValue(quantizeValue(w, params, grid), params) - w) ** 2;
                }, 0);
            const covering = chooseQuantParams(
              rangeOf(subject.filter.values.filter((_, i) => channel(i))),
              grid,
              symmetricWeights,
              'power-of-two',
            );
            const own = error(scale, filter.zeroPoint[c]);
            expect(own).toBeLessThanOrEqual(error(covering.scale, covering.zeroPoint));
          });
        }
        expect(new Set(lower).size).toBe(2); // each is better somewhere
      });
    }
  }

  it('gives channels of zeros zeros, on a scale their bias fits', () => {
    const subject = layer('Conv2D(x, f32<1x1x2x3: 4 0 1e-9  -4 0 -1e-9>)');
    const options = {...OPTIONS, perChannel: true};
    const filter = quantizeFilter(subject, options);
    expect([...reals(subject, filter)].filter((_, i) => i % 3 === 1)).toEqual([0, 0]);
    for (const scale of filter.scale) expect(scale).toBeGreaterThan((8 * 2 ** -12) / 256);
  });

  it('takes a filter of zeros', () => {
    const subject = layer('MatMul(x, f32<2x2: 0 0 0 0>)');
    for (const perChannel of [false, true]) {
      const filter = quantizeFilter(subject, {...OPTIONS, perChannel});
      expect([...reals(subject, filter)]).toEqual([0, 0, 0, 0]);
      for (const scale of filter.scale) expect(scale).toBeGreaterThan(0);
    }
  });
});

const NETWORK = `
  x = Placeholder()
  a = Conv2D(x, ~3x3x4x4) strides=[1 1 1 1] dilations=[1 1 1 1] padding=VALID
  d = DepthwiseConv2dNative(a, ~1x1x4x2) strides=[1 1 1 1] dilations=[1 1 1 1] padding=VALID
  e = BiasAdd(d, ~8)
  u = Conv2D(e, x)
  return e, u`;

describe('quantize-weights', () => {
  it('plans integers for every layer, and says why not', async () => {
    const graph = graphOf(NETWORK);
    const context = contextOf();
    context.plan.skipped.add('d');
    await quantizeWeights.run(graph, context);
    expect([...context.plan.filters.keys()]).toEqual(['a']);
    expect([...context.plan.layers.keys()]).toEqual(['a', 'd', 'u']);
    expect(context.rewrites).toEqual([
      {node: 'd', done: false, text: 'it is to be skipped'},
      {node: 'u', done: false, text: 'its filter is not a float32 constant'},
    ]);
  });
});

const SHAPES = {x: [-1, 1, 1, 4]};

/** Mean of each channel of the first output, over the evaluation's inputs. */
async function channelMeans(graph: Graph, channels: number): Promise<number[]> {
  const [values] = await evaluate(graph, SHAPES);
  const rows = values.length / channels;
  return Array.from({length: channels}, (_, c) => {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += values[row * channels + c];
    return sum / rows;
  });
}

describe('correct-bias', () => {
  const CASES: [string, string, number][] = [
    ['Conv2D', 'Conv2D(x, ~1x1x4x5)', 5],
    ['depthwise', 'DepthwiseConv2dNative(x, ~1x1x4x2)', 8],
  ];

  for (const [title, node, channels] of CASES) {
    it(`restores the mean of the output of ${title}`, async () => {
      const graph = graphOf(
        `x = Placeholder()
         c = ${node} strides=[1 1 1 1] dilations=[1 1 1 1] padding=VALID
         y = BiasAdd(c, ~${channels})
         return y`,
        SHAPES,
      );
      const identity = graphOf('x = Placeholder()\ny = Identity(x)\nreturn y', SHAPES);
      const before = await channelMeans(graph, channels);
      const mean = Float64Array.from(await channelMeans(identity, 4));
      const context = contextOf({weightBits: 3});
      await quantizeWeights.run(graph, context);
      context.plan.statistics = new Map([
        ['x', {source: 'probe', mean, std: mean, min: mean, max: mean}],
      ]);
      const [layer] = layersOf(graph);
      const filter = context.plan.filters.get('c') as QuantizedFilter;
      const shift = expectedShift(layer, filter, mean);
      await correctBias.run(graph, context);
      setFilter(graph, layersOf(graph)[0], reals(layer, filter));
      const after = await channelMeans(graph, channels);
      expect(Math.max(...shift.map(Math.abs))).toBeGreaterThan(1e-2); // there is something to correct
      after.forEach((value, c) => expect(Math.abs(value - before[c])).toBeLessThan(1e-6));
      expect(context.rewrites).toEqual([
        {node: 'c', done: true, text: 'corrected with probe statistics'},
      ]);
    });
  }

  it('says where the mean is not known', async () => {
    const graph = graphOf('x = Placeholder()\nc = MatMul(x, ~4x5)\nreturn c');
    const context = contextOf();
    await quantizeWeights.run(graph, context);
    await correctBias.run(graph, context);
    expect(context.rewrites).toEqual([
      {node: 'c', done: false, text: 'the mean of its input is not known'},
    ]);
  });
});
