import {checkValues} from '../../../src/graph/check_values.js';
import {DfqError} from '../../../src/graph/dfq_error.js';
import {
  biasValues,
  channelMagnitudes,
  forEachWeight,
  layerOf,
  layerOrReason,
  scaledFilter,
  setBias,
  setFilter,
} from '../../../src/graph/layer.js';
import {print} from '../../../src/graph/print.js';
import {graphOf} from '../fixtures.js';

const graphWith = (node: string) => graphOf(`x = Placeholder()\ny = ${node}\nz = Neg(y)\nreturn z`);

function layer(node: string) {
  const graph = graphWith(node);
  const found = layerOf(graph, graph.node('y'));
  if (found === undefined) throw new Error('not a layer');
  return {graph, layer: found};
}

function weights(node: string): number[][] {
  const visited: number[][] = [];
  forEachWeight(layer(node).layer, (...position) => visited.push(position));
  return visited;
}

describe('layers', () => {
  it('tell which channels each weight reads and writes', () => {
    const conv = [
      [0, 0, 0],
      [1, 0, 1],
      [2, 1, 0],
      [3, 1, 1],
      [4, 0, 0],
      [5, 0, 1],
      [6, 1, 0],
      [7, 1, 1],
    ];
    expect(weights('Conv2D(x, ~2x1x2x2)')).toEqual(conv);
    expect(weights('MatMul(x, ~2x2)')).toEqual(conv.slice(0, 4));
    const depthwise = [
      [0, 0, 0],
      [1, 0, 1],
      [2, 1, 2],
      [3, 1, 3],
    ];
    expect(weights('DepthwiseConv2dNative(x, ~1x1x2x2)')).toEqual(depthwise);
    const transposed = [
      [0, 0, 0],
      [1, 1, 0],
      [2, 0, 1],
      [3, 1, 1],
      [4, 0, 2],
      [5, 1, 2],
    ];
    expect(weights('Conv2DBackpropInput(i32<4: 1 4 4 3>, ~1x1x3x2, x)')).toEqual(transposed);
  });

  it('scale their filters by channel, on both sides', () => {
    const {layer: subject} = layer('Conv2D(x, f32<1x1x2x2: 1 2 3 4>)');
    expect([...scaledFilter(subject, [10, 100], [1, -1])]).toEqual([10, 200, -30, -400]);
    expect([...scaledFilter(subject)]).toEqual([1, 2, 3, 4]);
  });

  it('know the largest weight of each channel', () => {
    const {layer: subject} = layer('Conv2D(x, f32<1x1x2x2: 1 -5 3 4>)');
    expect(channelMagnitudes(subject)).toEqual({
      in: Float64Array.of(5, 4),
      out: Float64Array.of(3, 5),
    });
  });

  it('get a bias where they have none, and a new value where they have one', () => {
    const {graph, layer: subject} = layer('Conv2D(x, f32<1x1x1x2: 1 2>)');
    expect([...biasValues(graph, subject)]).toEqual([0, 0]);
    setBias(graph, subject, [5, 6]);
    const again = layerOf(graph, graph.node('y'));
    expect(again?.output).toBe('y/BiasAdd');
    if (again !== undefined) setBias(graph, again, [7, 8]);
    expect(print(graph)).toBe(
      'x = Placeholder()\ny = Conv2D(x, f32<1x1x1x2: 1 2>)\ny/BiasAdd = BiasAdd(y, f32<2: 7 8>)\nz = Neg(y/BiasAdd)\nreturn z',
    );
  });

  it('do not ask for the old encoding once their filter has changed', () => {
    const {graph, layer: subject} = layer('MatMul(x, f32<1x2: 1 2>)');
    const encoded = {...subject.filter, encoding: {dtype: 'uint8' as const, scale: 1, min: 0}};
    setFilter(graph, {...subject, filter: encoded}, Float32Array.of(3, 4));
    const constant = graph.floatInput(graph.node('y'), 1);
    expect([constant?.encoding, ...(constant?.values ?? [])]).toEqual([undefined, 3, 4]);
  });

  const NONE: [string, string][] = [
    ['Relu(x)', "'Relu' is not a linear layer"],
    ['Conv2D(x, x)', 'its filter is not a float32 constant'],
    ['Conv2D(x, ~1x1x2x2) data_format=NCHW', 'its layout is not NHWC'],
    ['MatMul(x, ~2x2) transpose_a=true', 'its operand is transposed'],
    ['MatMul(x, ~2x2) transpose_b=true', 'its filter is transposed'],
  ];

  for (const [node, reason] of NONE) {
    it(`are not: ${node}`, () => {
      const graph = graphWith(node);
      expect(layerOrReason(graph, graph.node('y'))).toBe(reason);
    });
  }

  it('take no bias that others could see the layer without', () => {
    const text =
      'x = Placeholder()\ny = MatMul(x, ~2x2)\nb = BiasAdd(y, ~2)\nz = Neg(y)\nreturn b, z';
    const graph = graphOf(text);
    expect(layerOf(graph, graph.node('y'))?.bias).toBeUndefined();
  });
});

describe('checkValues', () => {
  it('lets pools pad with infinities, but no layer weigh with them', () => {
    const padding = 'x = Placeholder()\ny = PadV2(x, i32<1x2: 1 1>, f32<: -Infinity>)\nreturn y';
    expect(() => checkValues(graphOf(padding))).not.toThrow();
    expect(() => checkValues(graphOf(padding.replace('-Infinity', 'NaN')))).toThrow(
      new DfqError("weight 'y/2' of 'y' holds NaN; train or convert the model again"),
    );
    expect(() => checkValues(graphWith('MatMul(x, f32<1x1: Infinity>)'))).toThrow(
      new DfqError("weight 'y/1' of 'y' holds Infinity; train or convert the model again"),
    );
  });
});
