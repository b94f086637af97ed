import {type ChannelGroup, channelGroups} from '../../../src/graph/channel_groups.js';
import {parse} from '../../../src/graph/parse.js';

type Shapes = Record<string, number[]>;

function groupOf(text: string, producer: string, shapes: Shapes = {}): ChannelGroup {
  const groups = channelGroups(parse(text), new Map(Object.entries(shapes)));
  const found = groups.find(({producers}) => producers.some(({node}) => node.name === producer));
  if (found === undefined) throw new Error(`no group of '${producer}'`);
  return found;
}

const names = (group: ChannelGroup) => ({
  producers: group.producers.map(({node}) => node.name).sort(),
  consumers: group.consumers.map(({node}) => node.name).sort(),
  carriers: group.carriers.map(({name}) => name).sort(),
});

const CONV = (name: string, x: string) => `${name} = Conv2D(${x}, f32<1x1x2x2: 1 2 3 4>)`;

describe('channelGroups', () => {
  it('reach from the layers that write channels to those that read them', () => {
    const group = groupOf(
      `x = Placeholder()
       ${CONV('a', 'x')}
       b = BiasAdd(a, f32<2: 1 2>)
       r = Relu6(b)
       p = MaxPool(r)
       ${CONV('c', 'p')}
       d = DepthwiseConv2dNative(p, f32<1x1x2x1: 1 2>)
       return c, d`,
      'a',
    );
    expect(names(group)).toEqual({
      producers: ['a'],
      consumers: ['c', 'd'],
      carriers: ['b', 'p', 'r'],
    });
    expect(group.channels).toBe(2);
    expect(group.blocked).toBeUndefined();
  });

  const RESIDUAL = `x = Placeholder()
     ${CONV('a', 'x')}
     ${CONV('b', 'a')}
     s = AddV2(a, b)
     ${CONV('c', 's')}
     return c`;

  it('are one across a sum of equal shapes', () => {
    const shape = [1, 8, 8, 2];
    const group = groupOf(RESIDUAL, 'a', {a: shape, b: shape});
    expect(names(group)).toEqual({producers: ['a', 'b'], consumers: ['b', 'c'], carriers: ['s']});
    expect(group.blocked).toBeUndefined();
  });

  it('end at a sum that broadcasts, or may', () => {
    const reason = "the operands of the sum differ in shape ('s')";
    expect(groupOf(RESIDUAL, 'a', {a: [1, 8, 8, 2], b: [1, 1, 1, 2]}).blocked).toBe(reason);
    expect(groupOf(RESIDUAL, 'a').blocked).toBe(reason);
  });

  const END = (node: string) => `x = Placeholder()
     ${CONV('a', 'x')}
     r = ${node}
     ${CONV('c', 'r')}
     return c`;
  const BLOCKED: [string, string, Shapes?][] = [
    ['Sigmoid(a)', "Sigmoid does not commute with scales ('r')"],
    ['Minimum(a, x)', "Minimum has no constant operand ('r')"],
    ['Minimum(a, f32<2x1x1: 1 2>)', "Minimum differs from place to place ('r')"],
    ['Prelu(a, f32<2x2: 1 2 3 4>)', "Prelu differs from place to place ('r')"],
    ['Mean(a, i32<1: 3>)', "Mean is not over height and width ('r')", {a: [1, 4, 4, 2]}],
    ['Mean(a, i32<2: 1 2>)', "Mean is not over height and width ('r')", {a: [1, 4, 2]}],
    ['Pad(a, i32<4x2: 0 0 1 1 1 1 0 1>)', "Pad is not of height and width ('r')"],
    ['Relu(a, ^q)\nq = Foo(a)', "Foo does not commute with scales ('q')"],
  ];

  for (const [node, reason, shapes] of BLOCKED) {
    it(`end at ${node}`, () => expect(groupOf(END(node), 'a', shapes).blocked).toBe(reason));
  }

  const CARRIED: [string, Shapes?][] = [
    ['Minimum(a, f32<1x1x2: 1 2>)'],
    ['Prelu(a, f32<1: 1>)'],
    ['Mean(a, i32<2: -3 2>)', {a: [1, 4, 4, 2]}],
    ['Pad(a, i32<4x2: 0 0 1 1 1 1 0 0>)'],
    ['ResizeBilinear(a, i32<2: 8 8>)'],
    ['LeakyRelu(a) alpha=0.1'],
  ];

  for (const [node, shapes] of CARRIED) {
    it(`go through ${node}`, () => expect(groupOf(END(node), 'a', shapes).blocked).toBeUndefined());
  }

  it('end at what the model returns', () => {
    const text = `x = Placeholder()\n${CONV('a', 'x')}\n${CONV('c', 'a')}\nreturn a, c`;
    expect(groupOf(text, 'a').blocked).toBe('the model returns it');
  });

  it('end at each output of an op of several', () => {
    const shape = [1, 8, 8, 2];
    const text = `x = Placeholder()
      h = Split(i32<: 3>, x) num_split=2
      ${CONV('a', 'h')}
      s = AddV2(a, h:1)
      ${CONV('c', 's')}
      return c`;
    const group = groupOf(text, 'a', {a: shape, 'h:1': shape});
    expect(group.blocked).toBe("'h:1' is one of several outputs");
  });

  it('end where a layer counts channels differently', () => {
    const text = `x = Placeholder()\n${CONV('a', 'x')}\nm = Conv2D(a, f32<1x1x4x1: 1 2 3 4>)\nreturn m`;
    expect(groupOf(text, 'a').blocked).toBe('its channels are counted differently');
  });
});
