import '@tensorflow/tfjs-backend-cpu';
import {deregisterOp, GraphModel, registerOp} from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import '../../../backend/index.js';
import {exportArtifacts, exportModel, handlerOf} from '../../../src/graph/export_model.js';
import {importModel} from '../../../src/graph/import_model.js';
import {quantize} from '../../../src/quantize.js';
import {declare, graphOf, leakFree, randomTensor} from '../fixtures.js';

async function load(artifacts: tf.io.ModelArtifacts): Promise<GraphModel> {
  const model = new GraphModel(handlerOf(artifacts));
  await model.load();
  return model;
}

const constant = (name: string, type: string) => ({name, op: 'Const', attr: {dtype: {type}}});
const text = (value: string) => ({s: Buffer.from(value).toString('base64')});

/** Weights of every dtype and encoding, each returned as it is. The wasm backend can't hold complex ones. */
async function everyDtype(hasComplex = true): Promise<tf.io.ModelArtifacts> {
  const entries: [string, tf.Tensor, string][] = [
    ['f', tf.tensor([1.1, -0, Infinity, 5e-40]), 'DT_FLOAT'],
    ['i', tf.tensor([2 ** 31 - 1, -(2 ** 31)], [2, 1], 'int32'), 'DT_INT32'],
    ['b', tf.tensor([true, false, true], [3], 'bool'), 'DT_BOOL'],
    ['s', tf.tensor(['héllo', '', 'w'], [3], 'string'), 'DT_STRING'],
  ];
  if (hasComplex) entries.push(['z', tf.complex([1.5, -2], [0.25, 7]), 'DT_COMPLEX64']);
  const {data, specs} = await tf.io.encodeWeights(
    entries.map(([name, tensor]) => ({name, tensor})),
  );
  const names = [...entries.map(([name]) => name), 'h', 'u8', 'u16', 'i8'];
  const quantized: tf.io.WeightsManifestEntry[] = [
    {name: 'h', shape: [2], dtype: 'float32', quantization: {dtype: 'float16'}},
    {name: 'u8', shape: [4], dtype: 'float32', quantization: {dtype: 'uint8', scale: 0.1, min: -3}},
    {
      name: 'u16',
      shape: [2],
      dtype: 'float32',
      quantization: {dtype: 'uint16', scale: 3e-5, min: 0},
    },
    {name: 'i8', shape: [3], dtype: 'int32', quantization: {dtype: 'uint8', scale: 1, min: -128}},
  ];
  const bytes = [
    new Uint8Array(data),
    new Uint8Array(Uint16Array.of(0x3555, 0x8001).buffer),
    Uint8Array.of(0, 255, 17, 30),
    new Uint8Array(Uint16Array.of(65535, 1).buffer),
    Uint8Array.of(0, 255, 128),
  ];
  const types = [
    ...entries.map(([, , type]) => type),
    'DT_FLOAT',
    'DT_FLOAT',
    'DT_FLOAT',
    'DT_INT32',
  ];
  tf.dispose(entries.map(([, tensor]) => tensor));
  return {
    format: 'graph-model',
    generatedBy: 'a test',
    convertedBy: 'nobody',
    userDefinedMetadata: {author: 'someone'},
    modelTopology: {
      node: names.flatMap((name, i) => [
        constant(name, types[i]),
        {name: `${name}_out`, op: 'Identity', input: [name], attr: {}},
      ]),
      library: {function: []},
      versions: {producer: 7},
    },
    weightSpecs: [...specs, ...quantized],
    weightData: new Uint8Array(Buffer.concat(bytes)).buffer,
  };
}

describe('import and export', () => {
  beforeAll(async () => {
    await tf.setBackend('int8');
    await tf.setBackend('cpu');
  });

  it('keep bytes, specs, topology and metadata, whatever the dtype', async () => {
    const artifacts = await everyDtype();
    const model = await load(artifacts);
    const back = exportArtifacts(await leakFree(() => importModel(model)));
    expect(back.weightSpecs).toEqual(artifacts.weightSpecs);
    expect([...new Uint8Array(back.weightData as ArrayBuffer)]).toEqual([
      ...new Uint8Array(artifacts.weightData as ArrayBuffer),
    ]);
    const {node, ...rest} = back.modelTopology as {node: {name: string; op: string}[]};
    const source = artifacts.modelTopology as {node: object[]};
    expect(node).toEqual(source.node);
    expect(rest).toEqual({library: {function: []}, versions: {producer: 7}});
    expect(back.userDefinedMetadata).toEqual({author: 'someone'});
    expect([back.format, back.generatedBy, back.convertedBy]).toEqual([
      'graph-model',
      'a test',
      'nobody',
    ]);
    model.dispose();
  });

  for (const backend of ['cpu', 'wasm', 'int8']) {
    it(`read weights that ${backend} holds`, async () => {
      await tf.setBackend(backend);
      const model = await load(await everyDtype(backend !== 'wasm'));
      await tf.setBackend('cpu');
      const {constants} = await importModel(model);
      expect(constants.get('i')?.values).toEqual(Int32Array.of(2 ** 31 - 1, -(2 ** 31)));
      expect(constants.get('b')?.values).toEqual(Uint8Array.of(1, 0, 1));
      if (backend !== 'wasm') {
        expect(constants.get('z')?.values).toEqual(Float32Array.of(1.5, 0.25, -2, 7));
      }
      expect(constants.get('i8')?.values).toEqual(Int32Array.of(-128, 127, 0));
      model.dispose();
    });
  }

  it('pass nodes through that nobody knows, with all their fields', async () => {
    const placeholder = {name: 'x', op: 'Placeholder', attr: {}};
    const node = {
      name: 'y',
      op: 'FooBar',
      input: ['x', '^x'],
      attr: {T: {type: 'DT_FLOAT'}, f: {func: {name: 'g'}}, s: text('a'), l: {list: {b: [true]}}},
      device: '/cpu:0',
      experimentalDebugInfo: {originalNodeNames: ['q']},
    };
    const signature = {name: 'g', inputArg: [], outputArg: []};
    const library = {function: [{signature, nodeDef: [placeholder, node], ret: {}}]};
    const model = await load({
      modelTopology: {node: [placeholder, node], library, versions: {}},
      weightSpecs: [],
      weightData: new ArrayBuffer(0),
    });
    const back = exportArtifacts(await importModel(model)).modelTopology;
    expect(back).toEqual({node: [placeholder, node], library, versions: {}});
  });

  it('find inputs and outputs by signature, else by what is open', async () => {
    const graph = graphOf('x = Placeholder()\na = Relu(x)\nb = Neg(a)\nreturn b', {x: [2]});
    const bare = await load(exportArtifacts(graph));
    expect(await importModel(bare)).toMatchObject({inputs: ['x'], outputs: ['b']});
    const signature = {
      inputs: {first: {name: 'x:0'}},
      outputs: {one: {name: 'a:0'}, two: {name: 'b:0'}},
    };
    const signed = await load({...exportArtifacts(graph), signature});
    expect(await importModel(signed)).toMatchObject({inputs: ['x'], outputs: ['a', 'b']});
  });

  it('compute the same, bit for bit', async () => {
    const graph = graphOf(
      `x = Placeholder()
       c = Conv2D(x, ~3x3x2x4) strides=[1 1 1 1] dilations=[1 1 1 1] padding=SAME
       r = Relu6(c)
       s = Split(i32<: 3>, r) num_split=2
       y = Mul(s, s:1)
       return y, r`,
      {x: [-1, 5, 5, 2]},
    );
    const one = await exportModel(graph);
    const two = await exportModel(await importModel(one));
    const x = randomTensor([2, 5, 5, 2]);
    const [a, b] = [one, two].map(model =>
      (model.execute(x, ['y', 'r']) as tf.Tensor[]).map(t => [...t.dataSync()]),
    );
    expect(b).toEqual(a);
  });

  it('carry custom ops through quantization', async () => {
    registerOp('TestDouble', node => tf.mul(node.inputs[0], 2));
    const graph = graphOf(
      `x = Placeholder()
       c = Conv2D(x, ~3x3x2x4) strides=[1 1 1 1] dilations=[1 1 1 1] padding=SAME
       d = TestDouble(c)
       y = Conv2D(d, ~1x1x4x4) strides=[1 1 1 1] dilations=[1 1 1 1] padding=SAME
       return y`,
      {x: [-1, 5, 5, 2]},
    );
    declare(graph, 'x', [-1, 5, 5, 2]);
    const model = await exportModel(graph);
    const quantized = await quantize(model);
    const ops = Object.keys(quantized.report.ops);
    expect(ops).toEqual(expect.arrayContaining(['TestDouble', 'Int8Dequantize', 'Int8Quantize']));
    deregisterOp('TestDouble');
  });
});
