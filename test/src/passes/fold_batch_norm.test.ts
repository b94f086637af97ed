import {canonicalize} from '../../../src/passes/canonicalize.js';
import {foldBatchNorm} from '../../../src/passes/fold_batch_norm.js';
import {print} from '../../../src/graph/print.js';
import {
  contextOf,
  evaluate,
  expectClose,
  graphOf,
  type InputShapes,
  structureOf,
  type TestContext,
} from '../fixtures.js';

const CONV = 'strides=[1 1 1 1] dilations=[1 1 1 1] padding=SAME';
const BN = '~4(0.5,2), ~4, ~4, ~4(0.2,2)';

/** Canonicalizes and folds, and checks that the function is the same to 1e-5. */
async function folded(text: string, shapes: InputShapes) {
  const graph = graphOf(text, shapes);
  const before = await evaluate(graph, shapes);
  const context = contextOf();
  await canonicalize.run(graph, context);
  await foldBatchNorm.run(graph, context);
  graph.removeUnused();
  expectClose(await evaluate(graph, shapes), before, 1e-5);
  return {graph, context};
}

const IMAGE = {x: [-1, 6, 6, 4]};

describe('fold-batch-norm', () => {
  it('moves the norm into filter and bias', async () => {
    const graph = graphOf(`
      x = Placeholder()
      c = Conv2D(x, f32<1x1x1x2: 1 -3>)
      y = FusedBatchNormV3(c, f32<2: 2 4>, f32<2: 0 1>, f32<2: 1 1>, f32<2: 0.75 3.75>) epsilon=0.25
      return y`);
    await foldBatchNorm.run(graph, contextOf());
    graph.removeUnused();
    expect(print(graph)).toBe(
      [
        'x = Placeholder()',
        'c = Conv2D(x, f32<1x1x1x2: 2 -6>)', // s = 2 / √1, 4 / √4
        'y = BiasAdd(c, f32<2: -2 -1>)',
        'return y',
      ].join('\n'),
    );
  });

  const FEEDERS: [string, string][] = [
    ['Conv2D', `c = Conv2D(x, ~3x3x4x4) ${CONV}`],
    [
      'Conv2D, stride 2, VALID',
      'c = Conv2D(x, ~3x3x4x4) strides=[1 2 2 1] dilations=[1 1 1 1] padding=VALID',
    ],
    [
      'Conv2D, explicit padding',
      'c = Conv2D(x, ~3x3x4x4) strides=[1 1 1 1] dilations=[1 1 1 1] padding=EXPLICIT explicit_paddings=[0 0 1 0 2 1 0 0]',
    ],
    [
      'Conv2D, dilated',
      'c = Conv2D(x, ~3x3x4x4) strides=[1 1 1 1] dilations=[1 2 2 1] padding=SAME',
    ],
    ['depthwise', `c = DepthwiseConv2dNative(x, ~3x3x4x1) ${CONV}`],
    ['Conv2D and bias', `a = Conv2D(x, ~3x3x4x4) ${CONV}\nc = BiasAdd(a, ~4)`],
    ['Conv2D and Add', `a = Conv2D(x, ~3x3x4x4) ${CONV}\nc = AddV2(~4, a)`],
    ['Conv2D and Sub', `a = Conv2D(x, ~3x3x4x4) ${CONV}\nc = Sub(a, ~1x1x1x4)`],
    ['fused Conv2D', `c = _FusedConv2D(x, ~3x3x4x4, ~4) ${CONV} fused_ops=[BiasAdd] num_args=1`],
  ];

  for (const [title, feeder] of FEEDERS) {
    it(`folds into ${title}`, async () => {
      const text = `x = Placeholder()\n${feeder}
        n = FusedBatchNormV3(c, ${BN}) epsilon=0.01\ny = Relu6(n)\nreturn y`;
      const {graph} = await folded(text, IMAGE);
      expect(graph.nodes.map(({op}) => op).filter(op => op !== 'Const')).toEqual(
        expect.arrayContaining(['BiasAdd', 'Relu6']),
      );
      expect(graph.nodes.some(({op}) => op.startsWith('FusedBatchNorm'))).toBe(false);
      expect(graph.nodes.filter(({op}) => op !== 'Const').length).toBe(4);
    });
  }

  it('folds into a depthwise layer of multiplier 2', async () => {
    const text = `x = Placeholder()
      c = DepthwiseConv2dNative(x, ~3x3x4x2) ${CONV}
      y = FusedBatchNorm(c, ~8, ~8, ~8, ~8(0.2,2)) epsilon=0.01
      return y`;
    const {graph} = await folded(text, IMAGE);
    expect(structureOf(graph)).toEqual([
      'c = DepthwiseConv2dNative(x)',
      'x = Placeholder()',
      'y = BiasAdd(c)',
    ]);
  });

  it('folds constant factors into matrices', async () => {
    const text = `x = Placeholder()
      m = MatMul(x, ~5x4)
      f = Mul(m, ~4)
      y = AddV2(f, ~4)
      return y`;
    const {graph} = await folded(text, {x: [-1, 5]});
    expect(graph.nodes.some(({op}) => op === 'Mul')).toBe(false);
  });

  it('takes the epsilon of tfjs where there is none', async () => {
    const text = `x = Placeholder()\nc = Conv2D(x, ~1x1x4x4) ${CONV}
      y = FusedBatchNormV3(c, ~4, ~4, ~4, ~4(0.0001,0.001))\nreturn y`;
    await folded(text, IMAGE);
  });

  it('makes a layer of a norm that follows a sum', async () => {
    const text = `x = Placeholder()
      c = Conv2D(x, ~3x3x4x4) ${CONV}
      s = AddV2(c, x)
      n = FusedBatchNormV3(s, ${BN}) epsilon=0.01
      y = Relu(n)
      return y`;
    const {graph, context} = await folded(text, IMAGE);
    expect(structureOf(graph)).toEqual([
      'c = Conv2D(x)',
      'n = BiasAdd(n/depthwise)',
      'n/depthwise = DepthwiseConv2dNative(s)',
      's = AddV2(c, x)',
      'x = Placeholder()',
      'y = Relu(n)',
    ]);
    expect(context.plan.batchNormMoments.has('n')).toBe(true);
  });

  it('makes a layer of a norm whose convolution others read too', async () => {
    const text = `x = Placeholder()
      c = Conv2D(x, ~3x3x4x4) ${CONV}
      n = FusedBatchNormV3(c, ${BN}) epsilon=0.01
      y = AddV2(n, c)
      return y`;
    const {graph} = await folded(text, IMAGE);
    expect(graph.nodes.some(({name}) => name === 'n/depthwise')).toBe(true);
  });

  it('leaves a filter that two layers share to the other one', async () => {
    const text = `x = Placeholder()
      w = ~1x1x4x4
      a = Conv2D(x, w) ${CONV}
      n = FusedBatchNormV3(a, ${BN}) epsilon=0.01
      b = Conv2D(n, w) ${CONV}
      return b`;
    await folded(text, IMAGE);
  });

  it('keeps the name of an output', async () => {
    const text = `x = Placeholder()\nc = Conv2D(x, ~1x1x4x4) ${CONV}
      y = FusedBatchNormV3(c, ${BN}) epsilon=0.01\nreturn y`;
    expect((await folded(text, IMAGE)).graph.outputs).toEqual(['y']);
  });

  it('folds two norms in a row', async () => {
    const text = `x = Placeholder()\nc = Conv2D(x, ~1x1x4x4) ${CONV}
      n = FusedBatchNormV3(c, ${BN}) epsilon=0.01
      y = FusedBatchNormV3(n, ${BN}) epsilon=0.01\nreturn y`;
    const {graph} = await folded(text, IMAGE);
    expect(structureOf(graph)).toEqual(['c = Conv2D(x)', 'x = Placeholder()', 'y = BiasAdd(c)']);
  });

  it('keeps mean and deviation of the result', async () => {
    const graph = graphOf(`
      x = Placeholder()
      c = Conv2D(x, f32<1x1x1x2: 1 1>)
      n = FusedBatchNormV3(c, f32<2: -2 3>, f32<2: 5 6>, f32<2: 1 1>, f32<2: 0.75 0>) epsilon=0.25
      y = Mul(n, f32<2: 10 -1>)
      return y`);
    const context = contextOf();
    await foldBatchNorm.run(graph, context);
    const moments = context.plan.batchNormMoments.get('y');
    expect([...(moments?.mean ?? [])]).toEqual([50, -6]);
    // |γ| √(σ² / (σ² + ε)): a channel that never varies has no deviation.
    expect([...(moments?.std ?? [])].map(v => v.toFixed(6))).toEqual(['17.320508', '0.000000']);
  });

  const REFUSED: [string, string, string][] = [
    [
      'n = FusedBatchNormV3(c, ~4, ~4, ~4, ~4) is_training=true',
      'n',
      'it normalizes by the batch (is_training)',
    ],
    ['n = FusedBatchNormV3(c, ~4, ~4, ~4, ~4) data_format=NCHW', 'n', 'its layout is not NHWC'],
    ['n = FusedBatchNormV3(c, x, ~4, ~4, ~4)', 'n', 'its parameters are not constants'],
    ['n = FusedBatchNormV3(c, ~4, ~4, ~4, ~4)\nm = Neg(n:1)', 'n', 'its batch statistics are read'],
  ];

  for (const [node, name, reason] of REFUSED) {
    it(`leaves a norm alone: ${reason}`, async () => {
      const graph = graphOf(`x = Placeholder()\nc = Conv2D(x, ~1x1x4x4)\n${node}\nreturn n`);
      const text = print(graph);
      const context: TestContext = contextOf();
      await foldBatchNorm.run(graph, context);
      expect(context.rewrites).toEqual([{node: name, done: false, text: reason}]);
      expect(print(graph)).toBe(text);
    });
  }
});
