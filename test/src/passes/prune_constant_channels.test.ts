import type {Graph} from '../../../src/graph/graph.js';
import {canonicalize} from '../../../src/passes/canonicalize.js';
import {pruneConstantChannels} from '../../../src/passes/prune_constant_channels.js';
import {contextOf, evaluate, expectClose, graphOf} from '../fixtures.js';

const SAME = 'strides=[1 1 1 1] dilations=[1 1 1 1] padding=SAME';
const VALID = 'strides=[1 1 1 1] dilations=[1 1 1 1] padding=VALID';
const IMAGE = {x: [-1, 6, 6, 2]};

async function pruned(text: string) {
  const graph = graphOf(text, IMAGE);
  const context = contextOf();
  await canonicalize.run(graph, context);
  const before = await evaluate(graph, IMAGE);
  await pruneConstantChannels.run(graph, context);
  expectClose(await evaluate(graph, IMAGE), before, 1e-5);
  return {graph, context};
}

/** Values of the node's constant; −0 reads as 0. */
const values = (graph: Graph, name: string) =>
  Array.from(graph.floatInput(graph.node(name), 1)?.values ?? [], v => v + 0);

/** Two layers around `between`; the first writes 3 channels of x's 2. */
const chain = (first: string, bias: string, between: string, second: string, pads = VALID) => `
  x = Placeholder()
  a = Conv2D(x, f32<1x1x2x3: ${first}>) ${VALID}
  b = BiasAdd(a, f32<3: ${bias}>)
  ${between}
  c = Conv2D(r, ${second}) ${pads}
  y = BiasAdd(c, f32<1: 1>)
  return y`;

const READ_ALL = 'f32<1x1x3x1: 1 2 3>';

describe('prune-constant-channels', () => {
  it('moves a constant into the bias of its reader', async () => {
    const {graph, context} = await pruned(
      chain('1 0 2  -1 0 1', '0.5 4 -0.5', 'r = Relu(b)', READ_ALL),
    );
    expect(values(graph, 'a')).toEqual([1, 0, 2, -1, 0, 1]);
    expect(values(graph, 'b')).toEqual([0.5, 0, -0.5]);
    expect(values(graph, 'c')).toEqual([1, 0, 3]);
    expect(values(graph, 'y')).toEqual([1 + 2 * 4]);
    expect(context.rewrites).toEqual([{node: 'a', done: true, text: '1 channels pruned'}]);
  });

  const ACTIVATIONS: [string, number, number][] = [
    ['r = Relu(b)', -3, 0],
    ['r = Relu6(b)', 9, 6],
    ['r = LeakyRelu(b) alpha=0.25', -4, -1],
    ['r = Prelu(b, f32<3: 1 0.5 1>)', -4, -2],
    ['q = Relu(b)\nr = Minimum(q, f32<3: 9 2 9>)', 5, 2],
    ['q = Relu(b)\nr = MaxPool(q) ksize=[1 2 2 1] strides=[1 1 1 1] padding=SAME', 5, 5],
    ['q = Relu(b)\nr = AvgPool(q) ksize=[1 3 3 1] strides=[1 1 1 1] padding=SAME', 5, 5],
    ['q = Relu(b)\nr = ResizeBilinear(q, i32<2: 9 9>)', 5, 5],
  ];

  for (const [between, bias, seen] of ACTIVATIONS) {
    it(`sees the constant ${bias} as ${seen} behind ${between.split('\n').at(-1)}`, async () => {
      const {graph} = await pruned(chain('1 0 2  -1 0 1', `0.5 ${bias} -0.5`, between, READ_ALL));
      expect(values(graph, 'y')).toEqual([1 + 2 * seen]);
      expect(values(graph, 'c')).toEqual([1, 0, 3]);
    });
  }

  const PADDED = '~3x3x3x1';

  it('leaves a constant to a reader that pads it with zeros', async () => {
    const text = chain('1 0 2  -1 0 1', '0.5 4 -0.5', 'r = Relu(b)', PADDED, SAME);
    const {context} = await pruned(text);
    expect(context.rewrites).toEqual([]);
  });

  it('knows that 1×1 filters see explicit padding too', async () => {
    const pads =
      'strides=[1 1 1 1] dilations=[1 1 1 1] padding=EXPLICIT explicit_paddings=[0 0 1 1 1 1 0 0]';
    const text = chain('1 0 2  -1 0 1', '0.5 4 -0.5', 'r = Relu(b)', READ_ALL, pads);
    expect((await pruned(text)).context.rewrites).toEqual([]);
  });

  it('takes a channel of zeros away even there', async () => {
    const {graph} = await pruned(
      chain('1 0 2  -1 0 1', '0.5 -4 -0.5', 'r = Relu(b)', PADDED, SAME),
    );
    expect(values(graph, 'b')).toEqual([0.5, 0, -0.5]);
    expect(values(graph, 'y')).toEqual([1]);
  });

  it('zeroes what no reader looks at', async () => {
    const {graph} = await pruned(
      chain('1 500 2  -1 300 1', '0.5 4 -0.5', 'r = Relu(b)', 'f32<1x1x3x1: 1 0 3>'),
    );
    expect(values(graph, 'a')).toEqual([1, 0, 2, -1, 0, 1]);
    expect(values(graph, 'b')).toEqual([0.5, 0, -0.5]);
  });

  it('follows constants through depthwise layers', async () => {
    const {graph, context} = await pruned(`
      x = Placeholder()
      a = Conv2D(x, f32<1x1x2x3: 1 0 2 -1 0 1>) ${VALID}
      b = BiasAdd(a, f32<3: 0.5 4 -0.5>)
      r = Relu6(b)
      d = DepthwiseConv2dNative(r, f32<1x1x3x1: 1 2 3>) ${VALID}
      e = BiasAdd(d, f32<3: 1 -3 1>)
      s = Relu6(e)
      c = Conv2D(s, ${READ_ALL}) ${SAME}
      y = BiasAdd(c, f32<1: 1>)
      return y`);
    expect(values(graph, 'y')).toEqual([1 + 2 * (4 * 2 - 3)]);
    expect(context.rewrites.map(({node}) => node).sort()).toEqual(['a', 'd']);
  });

  it('leaves what the model returns', async () => {
    const text = chain('1 0 2  -1 0 1', '0.5 4 -0.5', 'r = Relu(b)', READ_ALL);
    const {context} = await pruned(text.replace('return y', 'return y, r'));
    expect(context.rewrites).toEqual([]);
  });

  it('leaves networks without such channels as they are', async () => {
    const {context} = await pruned(chain('1 1e-3 2  -1 1e-3 1', '0 0 0', 'r = Relu(b)', READ_ALL));
    expect(context.rewrites).toEqual([]);
  });
});
