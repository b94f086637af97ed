import {booleanAttr, numberAttr, numbersAttr, stringsAttr} from '../../../graph/attributes.js';
import type {Node} from '../../../graph/graph.js';
import {FUSED_LAYERS} from '../../../graph/layer.js';
import type {OnnxExporter, Value} from '../exporter.js';
import {convolutionWeights, depthwiseWeights, transposedConvolutionWeights} from '../filters.js';
import type {Rule, Rules} from '../rule.js';
import {tensorOf, type TensorValue} from '../tensors.js';
import {stockWindow, transposedSize} from '../window.js';
import {ELEMENTWISE} from './elementwise.js';

const conv2D: Rule = (node, exporter) => {
  convolution(node, exporter, convolutionWeights, 1);
};

const depthwiseConv2D: Rule = (node, exporter) => {
  const [, , channels] = exporter.constantOf(node, 1, 'filter').shape;
  convolution(node, exporter, depthwiseWeights, channels);
};

/** With the BiasAdd of a fused form. */
function convolution(
  node: Node,
  exporter: OnnxExporter,
  toOnnx: (filter: TensorValue) => TensorValue,
  group: number,
): void {
  const x = exporter.channelsFirst(exporter.operand(node, 0));
  const filter = toOnnx(tensorOf(node.name, exporter.constantOf(node, 1, 'filter')));
  const [, ...dilations] = numbersAttr(node.attrs, 'dilations', [1, 1, 1, 1]);
  const bias = isFused(node, 'BiasAdd') ? [exporter.operand(node, 2).name] : [];
  const name = exporter.add('Conv', [x.name, exporter.constantName('filter', filter), ...bias], {
    ...stockWindow(exporter, node),
    dilations: dilations.slice(0, 2),
    group,
  });
  activated(node, exporter, {...x, name, rank: 4});
}

const transposedConv2D: Rule = (node, exporter) => {
  const x = exporter.channelsFirst(exporter.operand(node, 2));
  const filter = tensorOf(node.name, exporter.constantOf(node, 1, 'filter'));
  const weights = exporter.constantName('filter', transposedConvolutionWeights(filter));
  const name = exporter.add('ConvTranspose', [x.name, weights], {
    ...stockWindow(exporter, node),
    ...transposedSize(exporter, node, 0),
  });
  exporter.set(node, {...x, name, rank: 4});
};

/** As a Gemm where the operand is a matrix and there is a bias to add. */
const matMul: Rule = (node, exporter) => {
  const [x, y] = [0, 1].map(i => exporter.asIs(exporter.operand(node, i)));
  const [transA, transB] = ['transpose_a', 'transpose_b'].map(name =>
    Number(booleanAttr(node.attrs, name, false)),
  );
  const bias = isFused(node, 'BiasAdd') ? [exporter.operand(node, 2).name] : [];
  const name = exporter.add('Gemm', [x.name, y.name, ...bias], {transA, transB});
  activated(node, exporter, {...x, name, rank: 2});
};

const batchMatMul: Rule = (node, exporter) => {
  if (['adj_x', 'adj_y'].some(name => booleanAttr(node.attrs, name, false))) {
    throw exporter.error(node, 'it transposes an operand');
  }
  const [x, y] = [0, 1].map(i => exporter.asIs(exporter.operand(node, i)));
  exporter.set(node, {...x, name: exporter.add('MatMul', [x.name, y.name])});
};

const batchNorm: Rule = (node, exporter) => {
  if (booleanAttr(node.attrs, 'is_training', false)) {
    throw exporter.error(node, 'it is a batch norm in training');
  }
  const x = exporter.channelsFirst(exporter.operand(node, 0));
  const [, ...parameters] = exporter.operands(node).map(({name}) => name);
  const name = exporter.add('BatchNormalization', [x.name, ...parameters], {
    epsilon: {float: numberAttr(node.attrs, 'epsilon', 1e-4)},
  });
  exporter.set(node, {...x, name});
};

export const FLOAT_LAYERS: Rules = {
  Conv2D: conv2D,
  _FusedConv2D: conv2D,
  DepthwiseConv2dNative: depthwiseConv2D,
  FusedDepthwiseConv2dNative: depthwiseConv2D,
  Conv2DBackpropInput: transposedConv2D,
  MatMul: matMul,
  _FusedMatMul: matMul,
  BatchMatMul: batchMatMul,
  BatchMatMulV2: batchMatMul,
  FusedBatchNorm: batchNorm,
  FusedBatchNormV2: batchNorm,
  FusedBatchNormV3: batchNorm,
};

function isFused({op, attrs}: Node, what: string): boolean {
  return op in FUSED_LAYERS && stringsAttr(attrs, 'fused_ops').includes(what);
}

/** The result, behind the activation of a fused form. */
function activated(node: Node, exporter: OnnxExporter, value: Value): void {
  const fused = fusedActivation(node);
  if (fused === undefined) {
    exporter.set(node, value);
    return;
  }
  if (fused === 'Prelu') {
    const [x, slope] = exporter.aligned(value, exporter.operand(node, 3));
    exporter.set(node, {...x, name: exporter.add('PRelu', [x.name, slope.name])});
    return;
  }
  const rule = ELEMENTWISE[fused];
  if (rule === undefined) throw exporter.error(node, `${fused} is fused to it`);
  exporter.set(node, value);
  const alpha = numberAttr(node.attrs, 'leakyrelu_alpha', 0.2);
  rule({...node, op: fused, inputs: [node.name], attrs: {alpha: {f: alpha}}}, exporter);
}

function fusedActivation(node: Node): string | undefined {
  if (!(node.op in FUSED_LAYERS)) return undefined;
  return stringsAttr(node.attrs, 'fused_ops').find(name => name !== 'BiasAdd');
}
