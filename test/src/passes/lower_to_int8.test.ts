import {GraphModel} from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import {attributesOf} from '../../../src/graph/attributes.js';
import {intConstant} from '../../../src/graph/constant.js';
import {exportArtifacts, exportModel, handlerOf} from '../../../src/graph/export_model.js';
import type {Graph} from '../../../src/graph/graph.js';
import {quantize, quantizeGraph} from '../../../src/quantize.js';
import {type InputShapes, graphOf, leakFree, sqnr, structureOf} from '../fixtures.js';
import {around, BRANCH, PIECES, SAME, WINDOW} from '../pieces.js';

type Options = NonNullable<Parameters<typeof quantize>[1]>;

const IMAGE = {x: [-1, 8, 8, 4]};

async function quantized(text: string, options: Options = {}, shapes: InputShapes = IMAGE) {
  const source = graphOf(text, shapes);
  await tf.setBackend('int8');
  const model = await exportModel(source);
  try {
    return await quantizeGraph(model, options);
  } finally {
    model.dispose();
  }
}

/** All outputs of a graph of one input 'x'. */
async function outputsOf(graph: Graph, x: tf.Tensor): Promise<number[][]> {
  const model = await exportModel(graph);
  const outputs = [model.execute({x}, [...graph.outputs])].flat();
  const values = outputs.map(y => Array.from(y.dataSync()));
  tf.dispose(outputs);
  model.dispose();
  return values;
}

/** Signal over error of the int8 graph against the float one, on inputs like the probe's. */
async function fidelity(text: string, options: Options = {}): Promise<number[]> {
  const {graph} = await quantized(text, options);
  const source = graphOf(text, IMAGE);
  const [float, int8] = [await exportModel(source), await exportModel(graph)];
  const x = tf.randomUniform([3, 8, 8, 4], -1, 1, 'float32', 3);
  const [want, got] = [float, int8].map(model => [model.execute({x}, [...source.outputs])].flat());
  const result = want.map((y, i) => sqnr(got[i].dataSync(), y.dataSync()));
  tf.dispose([x, want, got]);
  float.dispose();
  int8.dispose();
  return result;
}

describe('lower-to-int8', () => {
  for (const [title, middle, ops] of PIECES) {
    it(`keeps ${title} between layers in int8`, async () => {
      const text = around(middle);
      const {graph, report} = await quantized(text);
      const found = graph.nodes.map(({op}) => op);
      const count = (op: string) => found.filter(other => other === op).length;
      // The last layer leaves its sums in float, without a Dequantize.
      expect([count('Int8Quantize'), count('Int8Dequantize')]).toEqual([1, 0]);
      expect(report.layers.every(({decision}) => decision === 'int8')).toBe(true);
      const inner = found.filter(
        op => !/^(Const|Placeholder|Int8Quantize|Int8Dequantize)$/.test(op),
      );
      expect(inner.sort()).toEqual([...ops, 'Int8Conv2D', 'Int8Conv2D'].sort());
      // 8-bit weights and activations of a few layers: 25 dB is an error of 6 % of the signal.
      for (const decibels of await fidelity(text)) expect(decibels).toBeGreaterThan(25);
    });
  }

  it('writes the whole of a small network', async () => {
    const {graph} = await quantized(around('r = Relu(a)'));
    expect(structureOf(graph)).toEqual([
      'r/int8 = Int8Conv2D(x/quantize)',
      'x = Placeholder()',
      'x/quantize = Int8Quantize(x)',
      'y = Int8Conv2D(r/int8)',
    ]);
  });

  it('computes what follows the last layer in float', async () => {
    const {graph} = await quantized(`
      x = Placeholder()
      a = Conv2D(x, ~3x3x4x4) ${SAME}
      m = Mean(a, i32<2: 1 2>)
      s = Softmax(m)
      return s`);
    expect(graph.node('s').op).toBe('Softmax');
    expect(graph.node('m').op).toBe('Mean');
  });

  it('hands int8 tensors to layers that stay float, and takes theirs', async () => {
    const text = around('r = Relu(a)');
    const {graph, report} = await quantized(text, {skip: ['a0']});
    expect(graph.node('a0').op).toBe('Conv2D');
    expect(report.layers.map(({name, decision, reason}) => [name, decision, reason])).toEqual([
      ['a0', 'float', 'it is to be skipped'],
      ['y0', 'int8', undefined],
    ]);
    for (const decibels of await fidelity(text, {skip: ['a0']})) {
      expect(decibels).toBeGreaterThan(30);
    }
  });

  for (const skip of ['a0', 'a', 'r', 'y0', 'y']) {
    it(`skips the layer of '${skip}'`, async () => {
      const {report} = await quantized(around('r = Relu(a)'), {skip: [skip]});
      const float = report.layers.filter(({decision}) => decision === 'float');
      expect(float.map(({name}) => name)).toEqual([skip.startsWith('y') ? 'y0' : 'a0']);
    });
  }

  it('skips an op that is no layer', async () => {
    const {graph} = await quantized(around(`q = Relu(a)\nr = MaxPool(q) ${WINDOW} padding=SAME`), {
      skip: ['r'],
    });
    expect(graph.node('r').op).toBe('MaxPool');
  });

  it('skips the ReLU behind a sum', async () => {
    const {graph} = await quantized(around(`${BRANCH}\ns = AddV2(k, m)\nr = Relu(s)`), {
      skip: ['r'],
    });
    expect(graph.node('r').op).toBe('Relu');
    expect(graph.has('s/int8')).toBe(true);
  });

  it('leaves a layer float whose sums are coarser than its output can be', async () => {
    const huge = `f32<1x1x4x4: ${Array(16).fill('1000000000000').join(' ')}>`;
    const {report} = await quantized(
      `x = Placeholder()
       a = Conv2D(x, ${huge}) ${SAME}
       r = Relu6(a)
       y = Conv2D(r, ~1x1x4x4) ${SAME}
       return y`,
      {passes: {'equalize-layers': false}},
    );
    expect(report.layers.map(({decision, reason}) => [decision, reason])).toEqual([
      ['float', 'one step of its sums is far wider than the range of its output'],
      ['int8', undefined],
    ]);
  });

  it('leaves an op float that has several outputs and that the model returns', async () => {
    const source = graphOf(
      `x = Placeholder()
       a = Conv2D(x, ~3x3x4x4) ${SAME}
       s = Split(i32<: 3>, a) num_split=2
       y = Conv2D(s, ~1x1x2x4) ${SAME}
       return y, s`,
      IMAGE,
    );
    const signature = {outputs: {y: {name: 'y:0'}, second: {name: 's:1'}}};
    const model = new GraphModel(handlerOf({...exportArtifacts(source), signature}));
    await model.load();
    const int8 = await quantize(model);
    const x = tf.randomUniform([1, 8, 8, 4], -1, 1, 'float32', 3);
    const [want, got] = [model, int8].map(m => m.predict(x) as tf.Tensor[]);
    expect(got.map(({shape}) => shape)).toEqual([
      [1, 8, 8, 4],
      [1, 8, 8, 2],
    ]);
    got.forEach((y, i) => expect(sqnr(y.dataSync(), want[i].dataSync())).toBeGreaterThan(25));
    const left = int8.report.passes.flatMap(({rewrites}) => rewrites);
    expect(left).toContainEqual({node: 's', done: false, text: 'the model returns its outputs'});
  });

  const BITS: Options[] = [
    {weightBits: 4},
    {bits: 6},
    {activationBits: 5},
    {perChannel: true},
    {symmetric: true},
    {statistics: 'probe'},
    {passes: {'equalize-layers': false}},
    {passes: {'correct-bias': false, 'prune-constant-channels': false}},
    {relu6: 'keep'},
  ];

  for (const options of BITS) {
    it(`runs with ${JSON.stringify(options)}`, async () => {
      const [decibels] = await fidelity(around('r = Relu6(a)'), options);
      const few = options.weightBits ?? options.activationBits ?? options.bits ?? 8;
      expect(decibels).toBeGreaterThan(few === 8 ? 25 : few * 6 - 16); // 6 dB a bit
    });
  }

  for (const options of [{}, {symmetric: true}, {activationBits: 5}, {activationBits: 2}]) {
    it(`puts softmax on the fixed grid of ${JSON.stringify(options)}`, async () => {
      const {graph} = await quantized(around('r = Softmax(a)'), options);
      const bits = options.activationBits ?? 8;
      const {attrs} = graph.node('r/int8');
      const scale = options.symmetric ? 2 ** (1 - bits) : 2 ** -bits;
      expect(attrs.outScale.f).toBe(scale);
      expect(attrs.outZeroPoint.i).toBe(options.symmetric ? 0 : -(2 ** (bits - 1)));
    });
  }

  it('leaves softmax float where its grid is not the fixed one', async () => {
    const middle = `${BRANCH}\np = Softmax(a)\nr = ConcatV2(p, m, i32<: 2>)`;
    const {graph} = await quantized(around(middle));
    expect(graph.node('p').op).toBe('Softmax');
  });

  it('leaves everything float without integer weights', async () => {
    const {graph, report} = await quantized(around('r = Relu(a)'), {
      passes: {'quantize-weights': false},
    });
    expect(graph.nodes.some(({op}) => op.startsWith('Int8'))).toBe(false);
    expect(report.layers).toEqual([]);
  });

  const PAD = 'i32<4x2: 0 0 0 1 2 1 0 0>';
  const STRIDED = 'strides=[1 2 2 1] dilations=[1 1 1 1]';

  it('lets convolutions pad what is padded before them, to the same bits', async () => {
    const {graph} = await quantized(`
      x = Placeholder()
      p = Pad(x, ${PAD})
      a0 = Conv2D(p, ~3x3x4x4) ${STRIDED} padding=VALID
      a = BiasAdd(a0, ~4)
      b = Relu(a)
      q = PadV2(b, ${PAD}, f32<: 0>)
      c0 = DepthwiseConv2dNative(q, ~3x3x4x1) ${STRIDED} padding=VALID
      c = BiasAdd(c0, ~4)
      d0 = Conv2D(q, ~2x2x4x4) ${STRIDED} padding=EXPLICIT explicit_paddings=[0 0 1 0 0 1 0 0]
      d = BiasAdd(d0, ~4)
      y = Conv2D(c, ~1x1x4x4) ${SAME}
      return y, d`);
    expect(graph.nodes.some(({op}) => op.startsWith('Pad'))).toBe(false);
    const paddings = (name: string) => graph.node(name).attrs['explicitPaddings'].list?.i;
    expect(paddings('b/int8')).toEqual([0, 1, 2, 1]);
    expect(paddings('c/int8')).toEqual([0, 1, 2, 1]);
    expect(paddings('d')).toEqual([1, 1, 2, 2]);
    const padded = graph.clone();
    for (const [name, explicit] of [
      ['b/int8', [0, 0, 0, 0]],
      ['c/int8', [0, 0, 0, 0]],
      ['d', [1, 0, 0, 1]],
    ] as const) {
      const node = padded.node(name);
      const value = Number(node.attrs['xZeroPoint'].i);
      const sizes = padded.addConstant('sizes', intConstant([0, 0, 0, 1, 2, 1, 0, 0], [4, 2]));
      const filling = padded.addConstant('filling', intConstant([value], []));
      const inputs = [node.inputs[0], sizes, filling];
      const pad = {name: `${name}/padded`, op: 'PadV2', inputs, attrs: {}};
      padded.add(pad);
      const attrs = {...node.attrs, ...attributesOf({explicitPaddings: explicit})};
      padded.replace({...node, inputs: [pad.name, ...node.inputs.slice(1)], attrs});
    }
    const x = tf.randomUniform([2, 8, 8, 4], -1, 1, 'float32', 3);
    const [want, got] = [await outputsOf(padded, x), await outputsOf(graph, x)];
    expect(got).toEqual(want);
    x.dispose();
  });

  it('keeps padding that something else reads, or of another value', async () => {
    const rest = `c = Conv2D(q, ~3x3x4x4) ${STRIDED} padding=VALID
      y = Conv2D(c, ~1x1x4x4) ${SAME}`;
    const conv = `x = Placeholder()\na0 = Conv2D(x, ~1x1x4x4) ${SAME}\na = Relu(a0)`;
    for (const middle of [
      `q = PadV2(a, ${PAD}, f32<: 0.1>)\n${rest}\nreturn y`,
      `q = Pad(a, ${PAD})\n${rest}\nz = Tanh(q)\nreturn y, z`,
      `q = Pad(a, i32<4x2: 1 0 0 0 0 0 0 0>)\n${rest}\nreturn y`,
    ]) {
      const {graph} = await quantized(`${conv}\n${middle}`);
      expect(graph.nodes.filter(({op}) => op.startsWith('Pad')).length).toBe(1);
    }
  });

  for (const padding of ['-Infinity', '-3.4e38', '-1']) {
    it(`keeps the ${padding} that a pool pads with out of the range`, async () => {
      const middle = `q = Relu(a)
      p = PadV2(q, i32<4x2: 0 0 1 1 1 1 0 0>, f32<: ${padding}>)
      r = MaxPool(p) ksize=[1 3 3 1] strides=[1 2 2 1] padding=VALID`;
      for (const decibels of await fidelity(around(middle))) expect(decibels).toBeGreaterThan(25);
    });
  }

  it('leaves no tensors behind', async () => {
    await quantized(around('r = Relu(a)'));
    await leakFree(() => quantized(around('r = Relu(a)')));
  });
});
