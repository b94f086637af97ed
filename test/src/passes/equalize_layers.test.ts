import {channelMagnitudes, layerOf} from '../../../src/graph/layer.js';
import type {Graph} from '../../../src/graph/graph.js';
import {canonicalize} from '../../../src/passes/canonicalize.js';
import {equalizeLayers} from '../../../src/passes/equalize_layers.js';
import type {PassOptions} from '../../../src/passes/pass.js';
import {traceShapes} from '../../../src/passes/trace_shapes.js';
import {contextOf, evaluate, expectClose, graphOf, structureOf} from '../fixtures.js';

const SAME = 'strides=[1 1 1 1] dilations=[1 1 1 1] padding=SAME';
const IMAGE = {x: [-1, 6, 6, 4]};

async function equalized(text: string, options: Partial<PassOptions> = {}, isSameFunction = true) {
  const graph = graphOf(text, IMAGE);
  const context = contextOf({equalize: 'weights', ...options});
  await canonicalize.run(graph, context);
  await traceShapes.run(graph, context);
  const before = await evaluate(graph, IMAGE);
  await equalizeLayers.run(graph, context);
  graph.removeUnused();
  if (isSameFunction) expectClose(await evaluate(graph, IMAGE), before, 1e-5);
  return {graph, context};
}

/** Largest |weight| of every channel between two layers, from both sides. */
function sides(graph: Graph, producer: string, consumer: string) {
  // A layer that the model returns has lent its name to its bias.
  const linear = (name: string) => (graph.has(`${name}/inner`) ? `${name}/inner` : name);
  const [a, b] = [producer, consumer].map(name => layerOf(graph, graph.node(linear(name))));
  if (a === undefined || b === undefined) throw new Error('not layers');
  return {written: [...channelMagnitudes(a).out], read: [...channelMagnitudes(b).in]};
}

/** Filters whose channels differ by factors up to 100. */
const UNEVEN = (name: string, x: string, shape = '1x1x4x4') =>
  `${name}0 = Conv2D(${x}, ~${shape}) ${SAME}
   ${name}1 = Mul(${name}0, f32<4: 100 1 0.1 5>)
   ${name} = BiasAdd(${name}1, ~4)`;

const PAIR = (between: string) => `
  x = Placeholder()
  a = Conv2D(x, f32<1x1x4x4: 50 1 0.2 3 9 0.1 0.1 1 20 0.6 0.05 2 30 0.4 0.01 1>) ${SAME}
  b = BiasAdd(a, f32<4: 1 -0.5 0.01 0>)
  ${between}
  c = Conv2D(r, ~3x3x4x4) ${SAME}
  return c`;

function expectEven({written, read}: {written: number[]; read: number[]}): void {
  written.forEach((r1, c) => expect(Math.abs(r1 / read[c] - 1)).toBeLessThan(2.5e-3));
}

describe('equalize-layers', () => {
  const CARRIERS = [
    'r = Relu(b)',
    'r = Relu6(b)',
    'r = LeakyRelu(b) alpha=0.1',
    'r = Prelu(b, f32<4: 0.1 -0.5 2 0>)',
    'q = Relu(b)\nr = MaxPool(q) ksize=[1 2 2 1] strides=[1 2 2 1] padding=SAME',
    'q = Relu(b)\nr = AvgPool(q) ksize=[1 2 2 1] strides=[1 2 2 1] padding=VALID',
    'q = Relu(b)\nr = Pad(q, i32<4x2: 0 0 1 0 0 2 0 0>)',
    'q = Relu(b)\nr = MirrorPad(q, i32<4x2: 0 0 1 1 1 1 0 0>) mode=REFLECT',
    'q = Relu(b)\nr = ResizeBilinear(q, i32<2: 9 9>)',
    'q = Relu(b)\nr = Minimum(q, f32<1: 2>)',
    'q = Relu(b)\nr = BiasAdd(q, f32<4: 1 2 3 4>)',
  ];

  for (const between of CARRIERS) {
    it(`evens ranges out through ${between.split('\n').at(-1)}`, async () => {
      const {graph} = await equalized(PAIR(between));
      expectEven(sides(graph, 'a', 'c'));
    });
  }

  it('gives the host its turn in each round', async () => {
    const graph = graphOf(PAIR('r = Relu(b)'), IMAGE);
    const turns: number[] = [];
    const context = contextOf({equalize: 'weights'});
    await canonicalize.run(graph, context);
    await traceShapes.run(graph, context);
    await equalizeLayers.run(graph, {
      ...context,
      progress: (done, total) => Promise.resolve(void turns.push(done / total)),
    });
    const rounds = Number(/in (\d+) rounds/.exec(context.rewrites.at(-1)?.text ?? '')?.[1]);
    expect(rounds).toBeGreaterThan(1);
    expect(new Set(turns).size).toBe(rounds);
    expect(turns).toEqual([...turns].sort((a, b) => a - b));
  });

  it('makes of a ReLU6 a ReLU and a cap for each channel', async () => {
    const {graph} = await equalized(PAIR('r = Relu6(b)'));
    expect(structureOf(graph).filter(line => line.startsWith('r'))).toEqual([
      'r = Minimum(r/Relu)',
      'r/Relu = Relu(b)',
    ]);
    const caps = [...(graph.floatInput(graph.node('r'), 1)?.values ?? [])];
    const bias = [...(graph.floatInput(graph.node('b'), 1)?.values ?? [])];
    expect(caps.length).toBe(4);
    // Bias and cap of a channel are divided by the same scale: 6 / s against b / s.
    expect(Math.abs(bias[0] / caps[0] - 1 / 6)).toBeLessThan(1e-6);
    expect(Math.abs(bias[1] / caps[1] + 0.5 / 6)).toBeLessThan(1e-6);
  });

  it('drops the cap where told to', async () => {
    const {graph} = await equalized(PAIR('r = Relu6(b)'), {relu6: 'relu'}, false);
    expect(graph.node('r').op).toBe('Relu');
    expectEven(sides(graph, 'a', 'c'));
  });

  it('leaves groups with ReLU6 alone where told to', async () => {
    const {graph, context} = await equalized(PAIR('r = Relu6(b)'), {relu6: 'keep'});
    expect(graph.node('r').op).toBe('Relu6');
    expect(context.rewrites).toContainEqual({
      node: 'a',
      done: false,
      text: "ReLU6 is to be kept ('r')",
    });
  });

  it('goes on through depthwise layers until nothing moves', async () => {
    const {graph} = await equalized(`
      x = Placeholder()
      a = Conv2D(x, f32<1x1x4x4: 50 1 0.2 3 9 0.1 0.1 1 20 0.6 0.05 2 30 0.4 0.01 1>) ${SAME}
      r = Relu6(a)
      d = DepthwiseConv2dNative(r, ~3x3x4x1) ${SAME}
      e = BiasAdd(d, ~4)
      s = Relu6(e)
      c = Conv2D(s, ~1x1x4x4) ${SAME}
      return c`);
    expectEven(sides(graph, 'a', 'd'));
    expectEven(sides(graph, 'd', 'c'));
  });

  it('knows which channels a depthwise layer of multiplier 2 reads', async () => {
    const {graph} = await equalized(`
      x = Placeholder()
      a = Conv2D(x, f32<1x1x4x4: 50 1 0.2 3 9 0.1 0.1 1 20 0.6 0.05 2 30 0.4 0.01 1>) ${SAME}
      r = Relu(a)
      d = DepthwiseConv2dNative(r, ~3x3x4x2) ${SAME}
      s = Relu(d)
      c = Conv2D(s, ~1x1x8x3) ${SAME}
      return c`);
    expectEven(sides(graph, 'a', 'd'));
    expectEven(sides(graph, 'd', 'c'));
  });

  it('scales all layers around a residual sum alike', async () => {
    const {graph} = await equalized(`
      x = Placeholder()
      ${UNEVEN('a', 'x')}
      b = Relu(a)
      c = Conv2D(b, ~3x3x4x4) ${SAME}
      s = AddV2(a, c)
      r = Relu(s)
      d = Conv2D(r, ~1x1x4x4) ${SAME}
      e = Conv2D(r, ~1x1x4x2) ${SAME}
      t = AddN(d, x)
      return t, e`);
    expect(graph.node('s').op).toBe('AddV2');
  });

  it('leaves the second output of a split as it is', async () => {
    await equalized(`
      x = Placeholder()
      h = Split(i32<: 2>, x) num_split=2
      a = Conv2D(h, f32<1x1x4x4: 50 1 0.2 3 9 0.1 0.1 1 20 0.6 0.05 2 30 0.4 0.01 1>) ${SAME}
      s = AddV2(a, h:1)
      c = Conv2D(s, ~1x1x4x4) ${SAME}
      return c`);
  });

  it('leaves filters that others share to them', async () => {
    await equalized(`
      x = Placeholder()
      w = ~1x1x4x4
      a = Conv2D(x, w) ${SAME}
      r = Relu(a)
      b = Conv2D(r, w) ${SAME}
      s = Relu(b)
      c = Conv2D(s, w) ${SAME}
      return c, b`);
  });

  it('does not scale dead channels', async () => {
    const {graph} = await equalized(`
      x = Placeholder()
      a = Conv2D(x, f32<1x1x4x4: 50 0 0.2 3 9 0 0.1 1 20 0 0.05 2 30 0 0.01 1>) ${SAME}
      r = Relu(a)
      c = Conv2D(r, ~1x1x4x4) ${SAME}
      return c`);
    const values = graph.floatInput(graph.node('c'), 1)?.values ?? [];
    expect([...values].every(Number.isFinite)).toBe(true);
  });

  it('scales the statistics of batch norm with their channels', async () => {
    const graph = graphOf(PAIR('r = Relu(b)'), IMAGE);
    const context = contextOf();
    await traceShapes.run(graph, context);
    const moments = {mean: Float64Array.of(1, 1, 1, 1), std: Float64Array.of(2, 2, 2, 2)};
    context.plan.batchNormMoments.set('b', moments);
    const before = [...(graph.floatInput(graph.node('a'), 1)?.values ?? [])];
    await equalizeLayers.run(graph, context);
    const after = [...(graph.floatInput(graph.node('a'), 1)?.values ?? [])];
    const scaled = context.plan.batchNormMoments.get('b');
    for (let c = 0; c < 4; c++) {
      const s = before[c] / after[c];
      expect(Math.abs((scaled?.mean[c] ?? 0) * s - 1)).toBeLessThan(1e-6);
      expect(Math.abs((scaled?.std[c] ?? 0) * s - 2)).toBeLessThan(1e-6);
    }
  });

  it('says what stands in the way', async () => {
    const {context} = await equalized(PAIR('r = Tanh(b)'));
    expect(context.rewrites).toContainEqual({
      node: 'a',
      done: false,
      text: "Tanh does not commute with scales ('r')",
    });
  });
});

describe('equalize-layers with activations', () => {
  const NET = `
    x = Placeholder()
    a = Conv2D(x, f32<1x1x4x4: 1 1 1 0.01 1 1 1 0.01 1 1 1 0.01 1 1 1 0.01>) ${SAME}
    b = BiasAdd(a, f32<4: 100 0 0 0>)
    r = Relu(b)
    c = Conv2D(r, f32<1x1x4x2: 1 1 1 1 1 1 1 1>) ${SAME}
    return c`;

  /** Reciprocal scale of each channel of `a`. */
  const factors = (graph: Graph) => {
    const values = graph.floatInput(graph.node('a'), 1)?.values ?? [];
    return [0, 1, 2, 3].map(c => values[c] / [1, 1, 1, 0.01][c]);
  };

  it('gives a channel of wide values and even weights a larger scale than weights alone would', async () => {
    const alone = factors((await equalized(NET)).graph);
    const both = factors((await equalized(NET, {equalize: 'weights-and-activations'})).graph);
    expect(Math.abs(alone[0] / alone[1] - 1)).toBeLessThan(1e-3);
    expect(both[0] / both[1]).toBeLessThan(0.9);
  });

  it('does not scale up what only weights make narrow as far', async () => {
    const alone = factors((await equalized(NET)).graph);
    const both = factors((await equalized(NET, {equalize: 'weights-and-activations'})).graph);
    expect(alone[3] / alone[1]).toBeGreaterThan(9.9);
    expect(both[3] / both[1]).toBeGreaterThan(1.1);
  });

  const perChannel = {equalize: 'weights-and-activations', perChannel: true} as const;

  it('leaves even activations of filters with a grid for each channel alone', async () => {
    const {graph} = await equalized(
      `
      x = Placeholder()
      a = Conv2D(x, f32<1x1x4x4: 1 0 0 0 0 1 0 0 0 0 1 0 0 0 0 1>) ${SAME}
      r = Relu(a)
      c = Conv2D(r, f32<1x1x4x2: 1 0.1 1 0.2 1 0.3 0.3 0.3>) ${SAME}
      return c`,
      perChannel,
    );
    expect([...(graph.floatInput(graph.node('a'), 1)?.values ?? [])]).toEqual([
      ...[1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
    ]);
  });

  it('evens out activations that differ by orders of magnitude, whatever the grids', async () => {
    const {graph} = await equalized(
      `
      x = Placeholder()
      a = Conv2D(x, f32<1x1x4x4: 1000 0 0 0 0 1 0 0 0 0 1 0 0 0 0 0.01>) ${SAME}
      r = Relu(a)
      c = Conv2D(r, f32<1x1x4x2: 0.001 0.001 1 1 1 1 100 100>) ${SAME}
      return c`,
      perChannel,
    );
    const own = [...(graph.floatInput(graph.node('a'), 1)?.values ?? [])].filter(w => w > 0);
    expect(Math.max(...own) / Math.min(...own)).toBeLessThan(3);
  });
});
