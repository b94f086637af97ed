import {forEachWeight, type Layer, layerOf} from '../../../src/graph/layer.js';
import type {Graph} from '../../../src/graph/graph.js';
import {estimateStatistics} from '../../../src/passes/estimate_statistics.js';
import type {PassOptions} from '../../../src/passes/pass.js';
import type {QuantizedFilter} from '../../../src/passes/plan.js';
import {quantizeWeights} from '../../../src/passes/quantize_weights.js';
import {roundWeights} from '../../../src/passes/round_weights.js';
import {gridOfBits} from '../../../src/quant/grid.js';
import {contextOf, graphOf} from '../fixtures.js';

const IMAGE = {x: [-1, 9, 9, 3]};
const SAME = 'strides=[1 1 1 1] dilations=[1 1 1 1] padding=SAME';
const BEFORE = `x = Placeholder()\nh = Conv2D(x, ~3x3x3x8) ${SAME}\nr = Relu(h)\n`;
const NETS: Record<string, string> = {
  'a 1×1 convolution': `${BEFORE}y = Conv2D(r, ~1x1x8x6) ${SAME}\nreturn y`,
  'a 3×3 convolution of stride 2': `${BEFORE}y = Conv2D(r, ~3x3x8x6) strides=[1 2 2 1] dilations=[1 1 1 1] padding=VALID\nreturn y`,
  'a dilated convolution': `${BEFORE}y = Conv2D(r, ~3x3x8x6) strides=[1 1 1 1] dilations=[1 2 2 1] padding=SAME\nreturn y`,
  'a depthwise convolution of multiplier 2': `${BEFORE}y = DepthwiseConv2dNative(r, ~3x3x8x2) ${SAME}\nreturn y`,
  'a product of matrices': `${BEFORE}m = Mean(r, i32<2: 1 2>)\ny = MatMul(m, ~8x6)\nreturn y`,
};

interface Rounded {
  readonly graph: Graph;
  readonly nearest: QuantizedFilter;
  readonly rounded: QuantizedFilter;
  readonly layer: Layer;
}

async function rounded(text: string, options: Partial<PassOptions>): Promise<Rounded> {
  const graph = graphOf(text, IMAGE);
  const context = contextOf({weightBits: 3, perChannel: true, ...options});
  await estimateStatistics.run(graph, context);
  await quantizeWeights.run(graph, context);
  const name = [...context.plan.filters.keys()].at(-1) ?? '';
  const layer = layerOf(graph, graph.node(name));
  const nearest = context.plan.filters.get(name);
  await roundWeights.run(graph, context);
  const after = context.plan.filters.get(name);
  if (layer === undefined || nearest === undefined || after === undefined) throw new Error('none');
  return {graph, nearest, rounded: after, layer};
}

/** Integer − exact value, in steps, of every weight. */
function errorsOf({layer}: Rounded, {values, scale, zeroPoint}: QuantizedFilter): Float64Array {
  const errors = new Float64Array(values.length);
  forEachWeight(layer, (i, _, c) => {
    errors[i] = values[i] - zeroPoint[c] - layer.filter.values[i] / scale[c];
  });
  return errors;
}

/** Σ over output channels of |Σ errors|, all inputs alike. */
function imbalance(result: Rounded, filter: QuantizedFilter): number {
  const sums = new Float64Array(result.layer.outChannels);
  const errors = errorsOf(result, filter);
  forEachWeight(result.layer, (i, _, c) => (sums[c] += errors[i]));
  return sums.reduce((total, sum) => total + Math.abs(sum), 0);
}

describe('round-weights', () => {
  for (const [title, text] of Object.entries(NETS)) {
    it(`flips so that errors balance: ${title}`, async () => {
      const result = await rounded(text, {rounding: 'flip'});
      const errors = errorsOf(result, result.rounded);
      expect(Math.max(...errors.map(Math.abs))).toBeLessThanOrEqual(1 + 1e-6);
      expect(imbalance(result, result.rounded)).toBeLessThan(imbalance(result, result.nearest));
    });

    it(`makes the layer's output better with feedback: ${title}`, async () => {
      const result = await rounded(text, {rounding: 'feedback'});
      const noise = async (filter: QuantizedFilter) => varianceOfError(result, filter);
      expect(await noise(result.rounded)).toBeLessThan(await noise(result.nearest));
    });
  }

  for (const rounding of ['flip', 'feedback'] as const) {
    for (const symmetricWeights of [false, true]) {
      it(`keeps to the grid and its parameters: ${rounding}${symmetricWeights ? ', symmetric' : ''}`, async () => {
        const options = {rounding, symmetricWeights, weightBits: 2};
        const {nearest, rounded: after} = await rounded(
          NETS['a 3×3 convolution of stride 2'],
          options,
        );
        const grid = gridOfBits(2, symmetricWeights);
        expect([...after.values].every(q => q >= grid.min && q <= grid.max)).toBe(true);
        expect(after.scale).toEqual(nearest.scale);
        expect(after.zeroPoint).toEqual(nearest.zeroPoint);
      });
    }

    it(`gives the same integers twice: ${rounding}`, async () => {
      const [a, b] = [
        await rounded(NETS['a 1×1 convolution'], {rounding}),
        await rounded(NETS['a 1×1 convolution'], {rounding}),
      ];
      expect(a.rounded.values).toEqual(b.rounded.values);
    });
  }

  it('rounds to the nearest at 8 bits, unless told otherwise', async () => {
    const text = NETS['a 1×1 convolution'];
    const eight = await rounded(text, {weightBits: 8});
    expect(eight.rounded.values).toEqual(eight.nearest.values);
    const four = await rounded(text, {weightBits: 4});
    expect(four.rounded.values).not.toEqual(four.nearest.values);
  });
});

/** Variance of the error of the layer's output on inputs that the pass has seen, the mean taken out, in units of the steps. */
async function varianceOfError(result: Rounded, filter: QuantizedFilter): Promise<number> {
  const {inputCovariances} = await import('../../../src/statistics/input_covariance.js');
  const {probeInputs} = await import('../../../src/statistics/model_inputs.js');
  const {layer, graph} = result;
  const inputs = Array.from({length: 16}, (_, i) => () => probeInputs(graph, i, {}));
  const blocks = (await inputCovariances(graph, [layer], inputs)).get(layer.node.name) ?? [];
  const errors = errorsOf(result, filter);
  const multiplier =
    layer.kind === 'depthwise' ? layer.outChannels / layer.inChannels : layer.outChannels;
  let sum = 0;
  for (const {rows, matrix} of blocks) {
    for (let c = 0; c < multiplier; c++) {
      for (let i = 0; i < rows.length; i++) {
        for (let j = 0; j <= i; j++) {
          const product = errors[rows[i] * multiplier + c] * errors[rows[j] * multiplier + c];
          sum += (i === j ? 1 : 2) * product * matrix[i * rows.length + j];
        }
      }
    }
  }
  return sum;
}
