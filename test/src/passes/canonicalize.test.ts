import {canonicalize} from '../../../src/passes/canonicalize.js';
import {contextOf, evaluate, expectClose, graphOf, structureOf} from '../fixtures.js';

const IMAGE = {x: [-1, 6, 6, 4]};
const SAME = 'strides=[1 1 1 1] dilations=[1 1 1 1] padding=SAME';

async function canonical(text: string, shapes: Readonly<Record<string, number[]>> = IMAGE) {
  const graph = graphOf(text, shapes);
  const before = await evaluate(graph, shapes);
  const context = contextOf();
  await canonicalize.run(graph, context);
  graph.removeUnused();
  expectClose(await evaluate(graph, shapes), before, 1e-6);
  return {graph, context};
}

describe('canonicalize', () => {
  const FUSED: [string, string, string[]][] = [
    ['_FusedConv2D', '~3x3x4x4, ~4', ['BiasAdd']],
    ['_FusedConv2D', '~3x3x4x4, ~4', ['BiasAdd', 'Relu']],
    ['_FusedConv2D', '~3x3x4x4, ~4', ['BiasAdd', 'Relu6']],
    ['_FusedConv2D', '~3x3x4x4, ~4', ['BiasAdd', 'Elu']],
    ['_FusedConv2D', '~3x3x4x4, ~4', ['BiasAdd', 'Sigmoid']],
    ['_FusedConv2D', '~3x3x4x4, ~4', ['BiasAdd', 'LeakyRelu']],
    ['_FusedConv2D', '~3x3x4x4, ~4, ~4', ['BiasAdd', 'Prelu']],
    ['FusedDepthwiseConv2dNative', '~3x3x4x1, ~4', ['BiasAdd', 'Relu6']],
    ['FusedDepthwiseConv2dNative', '~3x3x4x2, ~8', ['BiasAdd', 'Relu']],
  ];

  for (const [op, operands, parts] of FUSED) {
    it(`splits ${op} with ${parts.join(' and ')}`, async () => {
      const args = parts.includes('Prelu') ? 2 : 1;
      const attrs = `${SAME} fused_ops=[${parts.join(' ')}] num_args=${args} leakyrelu_alpha=0.3`;
      const {graph} = await canonical(
        `x = Placeholder()\ny = ${op}(x, ${operands}) ${attrs}\nreturn y`,
      );
      const ops = graph.nodes.map(node => node.op);
      expect(ops).not.toContain(op);
      for (const part of parts) expect(ops).toContain(part);
      expect(graph.node('y').op).toBe(parts.at(-1));
    });
  }

  for (const transposed of [false, true]) {
    it(`splits _FusedMatMul${transposed ? ' with a transposed filter' : ''}`, async () => {
      const shape = transposed ? '3x5' : '5x3';
      const {graph} = await canonical(
        `x = Placeholder()
         y = _FusedMatMul(x, ~${shape}, ~3) fused_ops=[BiasAdd Relu] num_args=1 transpose_b=${transposed}
         return y`,
        {x: [-1, 5]},
      );
      expect(structureOf(graph)).toEqual([
        'x = Placeholder()',
        'y = Relu(y/BiasAdd)',
        'y/BiasAdd = BiasAdd(y/MatMul)',
        'y/MatMul = MatMul(x)',
      ]);
    });
  }

  it('leaves a fused form alone that tfjs does not run', async () => {
    const graph = graphOf(
      'x = Placeholder()\ny = _FusedConv2D(x, ~1x1x4x4, ~4) fused_ops=[FusedBatchNorm] num_args=4\nreturn y',
    );
    const context = contextOf();
    await canonicalize.run(graph, context);
    expect(context.rewrites).toEqual([
      {node: 'y', done: false, text: 'fused form [FusedBatchNorm] is not one that tfjs runs'},
    ]);
    expect(graph.node('y').op).toBe('_FusedConv2D');
  });

  const SUMS: [string, boolean][] = [
    ['AddV2(c, ~4)', true],
    ['Add(~1x1x1x4, c)', true],
    ['AddV2(c, ~1)', true],
    ['Sub(c, ~4)', true],
    ['Sub(~4, c)', false],
    ['AddV2(c, ~6x1)', false],
    ['AddV2(c, c)', false],
  ];

  for (const [sum, isBias] of SUMS) {
    it(`${isBias ? 'makes a bias of' : 'leaves'} ${sum}`, async () => {
      const {graph} = await canonical(
        `x = Placeholder()\nc = Conv2D(x, ~1x1x4x4) ${SAME}\ny = ${sum}\nreturn y`,
      );
      expect(graph.node('y').op === 'BiasAdd').toBe(isBias);
    });
  }

  it('drops identities, but not one that is returned', async () => {
    const {graph} = await canonical(
      'x = Placeholder()\ni = Identity(x)\nr = Relu(i)\nj = Identity(r)\nreturn j',
    );
    expect(structureOf(graph)).toEqual(['j = Identity(r)', 'r = Relu(x)', 'x = Placeholder()']);
  });

  it('writes AddN of two as a sum', async () => {
    const {graph} = await canonical('x = Placeholder()\nr = Relu(x)\ny = AddN(x, r)\nreturn y');
    expect(graph.node('y').op).toBe('AddV2');
  });

  for (const skip of ['c', 'b', 'r']) {
    it(`marks the layer when the caller skips its '${skip}'`, async () => {
      const graph = graphOf(
        'x = Placeholder()\nc = Conv2D(x, ~1x1x4x4)\nb = BiasAdd(c, ~4)\nr = Relu(b)\ns = Neg(r)\nreturn s',
      );
      const context = contextOf({skip: [skip]});
      await canonicalize.run(graph, context);
      expect([...context.plan.skipped]).toEqual(['c']);
    });
  }

  it('marks a layer that is an output when the caller skips it', async () => {
    const graph = graphOf('x = Placeholder()\nc = Conv2D(x, ~1x1x4x4)\nreturn c');
    const context = contextOf({skip: ['c']});
    await canonicalize.run(graph, context);
    const [layer] = graph.nodes.filter(({op}) => op === 'Conv2D');
    expect(graph.node('c').op).toBe('BiasAdd');
    expect(context.plan.skipped.has(layer.name)).toBe(true);
  });
});
