import {channelGroups, type ChannelGroups} from '../../../src/graph/channel_groups.js';
import type {Graph} from '../../../src/graph/graph.js';
import {traceShapes} from '../../../src/statistics/probe.js';
import {graphOf, type InputShapes} from '../fixtures.js';

async function groupsOf(text: string, shapes: InputShapes): Promise<ChannelGroups> {
  const graph: Graph = graphOf(text, shapes);
  return channelGroups(graph, await traceShapes(graph, {}));
}

/** Channels 'layer.in[c]' and 'layer.out[c]' that share a scale; one line a scale. */
async function ties(text: string, shapes: InputShapes): Promise<string[]> {
  const {layers} = await groupsOf(text, shapes);
  const members = new Map<number, string[]>();
  for (const {layer, reads, writes} of layers) {
    const add = (side: string) => (variable: number, c: number) => {
      const name = `${layer.node.name.split('/')[0]}.${side}${c}`;
      members.set(variable, [...(members.get(variable) ?? []), name]);
    };
    writes.forEach(add('out'));
    reads.forEach(add('in'));
  }
  members.delete(0);
  return [...members.values()].map(names => names.sort().join(' ')).sort();
}

async function refusals(text: string, shapes: InputShapes, layer: string) {
  const {layers} = await groupsOf(text, shapes);
  const found = layers.find(({layer: {node}}) => node.name === layer);
  return [...(found?.refusals ?? [])].map(([reason, count]) => `${count}: ${reason}`);
}

const IMAGE = {x: [1, 4, 4, 2]};
const WINDOW = 'ksize=[1 2 2 1] strides=[1 2 2 1] padding=VALID';
const CONV = (name: string, x: string, shape = '1x1x2x2') =>
  `${name} = Conv2D(${x}, ~${shape}) strides=[1 1 1 1] dilations=[1 1 1 1] padding=SAME`;
const TRANSPOSED = 'strides=[1 2 2 1] padding=SAME';

/** Two layers and what is between them, from 'a' to 'r'. */
const between = (middle: string, reader = '1x1x2x2', writer = '1x1x2x2') => `
  x = Placeholder()
  ${CONV('a', 'x', writer)}
  ${middle}
  ${CONV('c', 'r', reader)}
  y = Sigmoid(c)
  return y`;

const STRAIGHT = ['a.out0 c.in0', 'a.out1 c.in1'];

describe('channelGroups', () => {
  const CARRIED = [
    'r = Relu6(a)',
    'r = LeakyRelu(a) alpha=0.1',
    'r = Prelu(a, ~2)',
    'r = Prelu(a, ~1x1x2)',
    'r = Prelu(a, ~4x4x2)',
    'r = Abs(a)',
    'r = Neg(a)',
    'r = BiasAdd(a, ~2)',
    'r = AddV2(a, ~4x4x2)',
    'r = Sub(a, ~2)',
    'r = Sub(~2, a)',
    'r = Maximum(a, f32<: 0>)',
    'q = Relu(a)\nr = Minimum(q, f32<1: 2>)',
    'r = Mul(a, ~2)',
    'r = Mul(f32<: 3>, a)',
    'r = RealDiv(a, ~2(1,2))',
    `r = MaxPool(a) ${WINDOW}`,
    `r = AvgPool(a) ${WINDOW}`,
    'r = Mean(a, i32<2: 1 2>) keep_dims=true',
    'r = Sum(a, i32<1: -3>) keep_dims=true',
    'r = Pad(a, i32<4x2: 0 0 1 1 1 1 0 0>)',
    'r = PadV2(a, i32<4x2: 0 0 1 1 1 1 0 0>, f32<: 0>)',
    `q = PadV2(a, i32<4x2: 0 0 1 1 1 1 0 0>, f32<: -3e38>)\nr = MaxPool(q) ${WINDOW}`,
    'r = MirrorPad(a, i32<4x2: 0 0 1 1 1 1 0 0>) mode=REFLECT',
    'r = ResizeBilinear(a, i32<2: 8 8>)',
    'r = ResizeNearestNeighbor(a, i32<2: 8 8>)',
    'r = Reshape(a, i32<4: 1 8 2 2>)',
    'q = Squeeze(a) squeeze_dims=[0]\nr = ExpandDims(q, i32<: 0>)',
    'q = Transpose(a, i32<4: 0 3 1 2>)\np = Relu(q)\nr = Transpose(p, i32<4: 0 2 3 1>)',
    'q = SpaceToBatchND(a, i32<2: 2 2>, i32<2x2: 0 0 0 0>)\nr = BatchToSpaceND(q, i32<2: 2 2>, i32<2x2: 0 0 0 0>)',
    'r = Slice(a, i32<4: 0 1 0 0>, i32<4: 1 2 -1 -1>)',
    'r = StridedSlice(a, i32<4: 0 1 1 0>, i32<4: 1 3 3 2>, i32<4: 1 1 1 1>)',
  ];

  for (const middle of CARRIED) {
    it(`go through ${middle.split('\n').at(-1)}`, async () => {
      expect(await ties(between(middle), IMAGE)).toEqual(STRAIGHT);
    });
  }

  it('are one across a residual sum', async () => {
    const middle = `${CONV('b', 'a')}\nr = AddV2(a, b)`;
    expect(await ties(between(middle), IMAGE)).toEqual([
      'a.out0 b.in0 b.out0 c.in0',
      'a.out1 b.in1 b.out1 c.in1',
    ]);
  });

  it('are one across a maximum, with one side broadcast', async () => {
    const middle = `${CONV('b', 'a')}\nm = Mean(b, i32<2: 1 2>) keep_dims=true\nr = Maximum(a, m)`;
    expect(await ties(between(middle), IMAGE)).toEqual([
      'a.out0 b.in0 b.out0 c.in0',
      'a.out1 b.in1 b.out1 c.in1',
    ]);
  });

  it('lie side by side behind a concatenation', async () => {
    const middle = `${CONV('b', 'x')}\nr = ConcatV2(b, a, x, i32<: 3>) N=3`;
    expect(await ties(between(middle, '1x1x6x2'), IMAGE)).toEqual([
      'a.out0 c.in2',
      'a.out1 c.in3',
      'b.out0 c.in0',
      'b.out1 c.in1',
    ]);
  });

  it('part at splits and slices of channels', async () => {
    const writer = '1x1x2x4';
    const ends = ['a.out0 c.in1', 'a.out3 c.in0'];
    for (const middle of [
      'q = Split(i32<: 3>, a) num_split=4\nr = ConcatV2(q:3, q, i32<: 3>)',
      'q = SplitV(a, i32<3: 1 2 -1>, i32<: -1>)\nr = ConcatV2(q:2, q, i32<: -1>)',
      'q = Unpack(a) axis=-1 num=4\nr = Pack(q:3, q) axis=3',
      'r = GatherV2(a, i32<2: 3 0>, i32<: 3>)',
      `p = Slice(a, i32<4: 0 0 0 3>, i32<4: -1 -1 -1 1>)
       q = StridedSlice(a, i32<4: 0 0 0 0>, i32<4: 0 0 0 -3>, i32<4: 1 1 1 1>) begin_mask=15 end_mask=7
       r = ConcatV2(p, q, i32<: 3>)`,
    ]) {
      const found = await ties(between(middle, '1x1x2x2', writer), IMAGE);
      expect(found.filter(line => line.includes(' '))).toEqual(ends);
    }
  });

  it('come around again in a flattened tensor', async () => {
    const text = `
      x = Placeholder()
      ${CONV('a', 'x')}
      p = MaxPool(a) ${WINDOW}
      f = Reshape(p, i32<2: -1 8>)
      m = MatMul(f, ~8x3)
      y = Sigmoid(m)
      return y`;
    expect(await ties(text, IMAGE)).toEqual([
      'a.out0 m.in0 m.in2 m.in4 m.in6',
      'a.out1 m.in1 m.in3 m.in5 m.in7',
    ]);
  });

  it('lead from a mean without its axes to a matmul', async () => {
    const text = `
      x = Placeholder()
      ${CONV('a', 'x')}
      p = Mean(a, i32<2: -3 2>)
      m = MatMul(p, ~2x3)
      y = Sigmoid(m)
      return y`;
    expect(await ties(text, IMAGE)).toEqual(['a.out0 m.in0', 'a.out1 m.in1']);
  });

  it('follow a channel shuffle', async () => {
    const middle = `s = Reshape(a, i32<5: 1 4 4 2 3>)
      t = Transpose(s, i32<5: 0 1 2 4 3>)
      r = Reshape(t, i32<4: 1 4 4 6>)`;
    expect(await ties(between(middle, '1x1x6x2', '1x1x2x6'), IMAGE)).toEqual([
      'a.out0 c.in0',
      'a.out1 c.in2',
      'a.out2 c.in4',
      'a.out3 c.in1',
      'a.out4 c.in3',
      'a.out5 c.in5',
    ]);
  });

  it('join channels that depth-to-space puts into one, and spread through space-to-depth', async () => {
    const up = between('r = DepthToSpace(a) block_size=2', '1x1x1x2', '1x1x2x4');
    expect(await ties(up, IMAGE)).toEqual(['a.out0 a.out1 a.out2 a.out3 c.in0']);
    const down = between('r = SpaceToDepth(a) block_size=2', '1x1x8x2');
    expect(await ties(down, IMAGE)).toEqual([
      'a.out0 c.in0 c.in2 c.in4 c.in6',
      'a.out1 c.in1 c.in3 c.in5 c.in7',
    ]);
  });

  it('leave free what is padded with channels of zeros', async () => {
    const middle = 'r = Pad(a, i32<4x2: 0 0 0 0 0 0 1 2>)';
    expect(await ties(between(middle, '1x1x5x2'), IMAGE)).toEqual([
      'a.out0 c.in1',
      'a.out1 c.in2',
      'c.in0',
      'c.in3',
      'c.in4',
    ]);
  });

  it('pass the gate of a squeeze-excite', async () => {
    const middle = `m = Mean(a, i32<2: 1 2>) keep_dims=true
      ${CONV('b', 'm')}
      g = Sigmoid(b)
      r = Mul(g, a)`;
    expect(await ties(between(middle), IMAGE)).toEqual([
      'a.out0 b.in0 c.in0',
      'a.out1 b.in1 c.in1',
    ]);
  });

  it('end at one factor of a product of two tensors', async () => {
    const middle = `m = Mean(a, i32<2: 1 2>) keep_dims=true\n${CONV('b', 'm')}\nr = Mul(a, b)`;
    expect(await ties(between(middle), IMAGE)).toEqual([
      'a.out0 b.in0 c.in0',
      'a.out1 b.in1 c.in1',
    ]);
    expect(await refusals(between(middle), IMAGE, 'b')).toEqual([
      "2: it is multiplied by another tensor ('r')",
    ]);
  });

  it('pass transposed and depthwise convolutions', async () => {
    const text = `
      x = Placeholder()
      ${CONV('a', 'x')}
      d = DepthwiseConv2dNative(a, ~1x1x2x2) strides=[1 1 1 1] dilations=[1 1 1 1] padding=SAME
      t = Conv2DBackpropInput(i32<4: 1 8 8 3>, ~2x2x3x4, d) ${TRANSPOSED}
      ${CONV('c', 't', '1x1x3x1')}
      y = Sigmoid(c)
      return y`;
    expect(await ties(text, IMAGE)).toEqual([
      'a.out0 d.in0',
      'a.out1 d.in1',
      ...[0, 1, 2].map(c => `c.in${c} t.out${c}`),
      ...[0, 1, 2, 3].map(c => `d.out${c} t.in${c}`),
    ]);
  });

  it('pass grouped convolutions as converters write them', async () => {
    const middle = `q = Split(i32<: 3>, a) num_split=2
      ${CONV('b', 'q', '1x1x1x1')}
      ${CONV('d', 'q:1', '1x1x1x1')}
      r = ConcatV2(b, d, i32<: 3>)`;
    expect(await ties(between(middle), IMAGE)).toEqual([
      'a.out0 b.in0',
      'a.out1 d.in0',
      'b.out0 c.in0',
      'c.in1 d.out0',
    ]);
  });

  const BLOCKED: Array<[string, string]> = [
    ['r = Sigmoid(a)', 'Sigmoid does not commute with scales'],
    ['r = Minimum(a, f32<: 2>)', 'Minimum has one constant for all channels'],
    ['r = AddV2(a, f32<: 3>)', 'AddV2 has one constant for all channels'],
    ['r = Prelu(a, x)', 'the slopes of Prelu are not constant'],
    [
      'q = Mean(a, i32<1: 3>) keep_dims=true\nr = Tile(q, i32<4: 1 1 1 2>)',
      'Mean is over channels',
    ],
    ['r = PadV2(a, i32<4x2: 0 0 1 1 1 1 0 0>, f32<: 1>)', 'it does not pad with zeros'],
    ['r = RealDiv(f32<: 1>, a)', "it is divided by ('r')"],
  ];

  for (const [middle, reason] of BLOCKED) {
    it(`end at ${middle.split('\n')[0]}`, async () => {
      const [found] = await refusals(between(middle), IMAGE, 'a');
      expect(found).toMatch(`2: ${reason}`);
      expect(await ties(between(middle), IMAGE)).toEqual([]);
    });
  }

  it('end at what the model returns, and at its inputs', async () => {
    const text = `x = Placeholder()\n${CONV('a', 'x')}\n${CONV('c', 'a')}\nreturn a, c`;
    expect(await ties(text, IMAGE)).toEqual([]);
    expect(await refusals(text, IMAGE, 'a')).toEqual(['2: the model returns it']);
    const sum = between('r = AddV2(a, x)');
    expect(await refusals(sum, IMAGE, 'a')).toEqual(["2: it is an input of the model ('x')"]);
  });

  it('stay free where only other channels are blocked', async () => {
    const middle =
      'q = Split(i32<: 3>, a) num_split=2\ns = Tanh(q)\nr = ConcatV2(s, q:1, i32<: 3>)';
    expect(await ties(between(middle), IMAGE)).toEqual(['a.out1 c.in1']);
    expect(await refusals(between(middle), IMAGE, 'a')).toEqual([
      "1: Tanh does not commute with scales ('s')",
    ]);
  });
});
