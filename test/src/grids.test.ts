import type {GraphModel} from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import {readAttrs} from '../../backend/graph_op_attrs.js';
import {type AttrLiteral, literalsOf} from '../../src/graph/attributes.js';
import {exportModel} from '../../src/graph/export_model.js';
import type {Graph, Node} from '../../src/graph/graph.js';
import {INT8_OPERANDS, type Int8Op} from '../../src/ops.js';
import type {QuantizeOptions} from '../../src/options.js';
import {gridOfBits} from '../../src/quant/grid.js';
import {quantizeGraph} from '../../src/quantize.js';
import * as oracle from '../backend/oracle/op_oracle.js';
import {graphOf, randomTensor} from './fixtures.js';

const SAME = 'strides=[1 1 1 1] dilations=[1 1 1 1] padding=SAME';

/** A layer of each kind, a sum, a table, a mean and a softmax. */
const NETWORK = `
  x = Placeholder()
  a0 = Conv2D(x, ~3x3x4x8) ${SAME}
  a = Relu(a0)
  b0 = DepthwiseConv2dNative(a, ~3x3x8x1(-1,0.5)) ${SAME}
  b = Relu6(b0)
  c = AddV2(a, b)
  d0 = Conv2D(c, ~1x1x8x8(-0.2,1)) ${SAME}
  d = Sigmoid(d0)
  e = Mean(d, i32<2: 1 2>) keep_dims=false
  f = MatMul(e, ~8x6)
  g = Softmax(f)
  y = MatMul(g, ~6x5)
  return y`;

function* matrix(): Generator<QuantizeOptions> {
  for (const scales of ['float', 'power-of-two'] as const) {
    for (const perChannel of [false, true]) {
      for (const symmetricWeights of [false, true]) {
        for (const symmetricActivations of [false, true]) {
          yield {scales, perChannel, symmetricWeights, symmetricActivations};
        }
      }
    }
  }
}

/** Each width of weights with another of activations; three for each kind of grid, in turn. */
const WIDTHS = [2, 3, 4, 5, 6, 7, 8].map(bits => ({
  weightBits: bits,
  activationBits: ((bits + 1) % 7) + 2,
}));

const widthsOf = (kind: number) => [0, 1, 2].map(i => WIDTHS[(3 * kind + i) % WIDTHS.length]);

type Expect = (operands: oracle.Operands, attrs: object) => oracle.Expected;

/** What the definition makes of the operands of each op of the network. */
const EXPECTED: Readonly<Record<string, Expect>> = {
  Int8Quantize: (x, attrs) => oracle.quantize(x, readAttrs('Int8Quantize', {...attrs})),
  Int8Conv2D: (x, attrs) => oracle.conv2D(x, readAttrs('Int8Conv2D', {...attrs})),
  Int8DepthwiseConv2D: (x, attrs) =>
    oracle.depthwiseConv2D(x, readAttrs('Int8DepthwiseConv2D', {...attrs})),
  Int8Add: (x, attrs) => oracle.sum(x, readAttrs('Int8Add', {...attrs}), 1),
  Int8Mean: (x, attrs) => oracle.mean(x, readAttrs('Int8Mean', {...attrs})),
  Int8MatMul: (x, attrs) => oracle.matMul(x, readAttrs('Int8MatMul', {...attrs})),
  Int8Softmax: (x, attrs) => oracle.softmax(x, readAttrs('Int8Softmax', {...attrs})),
};

/** Attributes as the converter parses them: strings in lower case. */
function parsed({attrs}: Node): object {
  const plain = (v: AttrLiteral) =>
    typeof v === 'string' ? v.toLowerCase() : typeof v === 'object' && 'value' in v ? v.value : v;
  return Object.fromEntries(Object.entries(literalsOf(attrs)).map(([name, v]) => [name, plain(v)]));
}

/** Operands of a node, constants included, when the model runs on x. */
function operandsOf(graph: Graph, model: GraphModel, node: Node, x: tf.Tensor): oracle.Operands {
  const names = INT8_OPERANDS[node.op as Int8Op];
  const operands = node.inputs.map((ref, i) => {
    const constant = graph.constantInput(node, i);
    if (constant?.dtype === 'int32' || constant?.dtype === 'float32') {
      return {values: constant.values, shape: [...constant.shape]};
    }
    return ref === 'x' ? {values: x.dataSync<'float32'>(), shape: x.shape} : run(model, ref, x);
  });
  return Object.fromEntries(operands.map((operand, i) => [names[i].replace('?', ''), operand]));
}

function run(model: GraphModel, name: string, x: tf.Tensor) {
  const y = model.execute({x}, name) as tf.Tensor;
  const result = {values: y.dataSync<'float32' | 'int32'>(), shape: y.shape};
  y.dispose();
  return result;
}

/** Filter and results on the grids that were asked for. */
function checkGrids({graph}: {graph: Graph}, node: Node, options: QuantizeOptions): void {
  const {weightBits = 8, activationBits = 8, symmetricWeights, perChannel} = options;
  const grid = gridOfBits(activationBits);
  const {lo, hi} = parsed(node) as {lo: number; hi: number};
  const isFloat = (parsed(node) as {activation?: string}).activation === 'dequantize';
  if (!isFloat) expect(lo >= grid.min && hi <= grid.max).toBe(true);
  const [filter, scale, zeroPoint] = [1, 3, 4].map(i => graph.constantInput(node, i));
  if (filter?.dtype !== 'int32' || scale?.dtype !== 'float32' || zeroPoint?.dtype !== 'int32') {
    return;
  }
  const weights = gridOfBits(weightBits, symmetricWeights);
  expect(filter.values.every(q => q >= weights.min && q <= weights.max)).toBe(true);
  expect(scale.values.length > 1).toBe(perChannel);
  // The filter of 'd' lies between −0.2 and 1, so zero is not in its middle.
  const isEven = zeroPoint.values.every(z => z === 0);
  if (symmetricWeights || node.name === 'd/int8') expect(isEven).toBe(symmetricWeights);
  if (options.scales === 'power-of-two') {
    expect([...scale.values].every(s => Number.isInteger(Math.log2(s)))).toBe(true);
  }
}

describe('every kind of grid', () => {
  let float: GraphModel;

  beforeAll(async () => {
    await tf.setBackend('int8');
    float = await exportModel(graphOf(NETWORK, {x: [-1, 9, 7, 4]}));
  });

  for (const [kind, grids] of [...matrix()].entries()) {
    it(`is exact on the int8 kernels: ${JSON.stringify(grids)}`, async () => {
      const x = randomTensor([2, 9, 7, 4], 5, -1, 1);
      for (const widths of widthsOf(kind)) {
        const options = {...grids, ...widths};
        const quantized = await quantizeGraph(float, options);
        const model = await exportModel(quantized.graph);
        const nodes = quantized.graph.nodes.filter(({op}) => op in EXPECTED);
        expect(nodes.length).toBe(9); // all but the placeholder, constants
        for (const node of nodes) {
          checkGrids(quantized, node, options);
          const operands = operandsOf(quantized.graph, model, node, x);
          const expected = EXPECTED[node.op](operands, parsed(node));
          const actual = run(model, node.name, x);
          expect(actual.shape).toEqual(expected.shape);
          expect(Array.from(actual.values)).toEqual(Array.from(expected.values));
        }
        model.dispose();
      }
      x.dispose();
    });
  }
});
