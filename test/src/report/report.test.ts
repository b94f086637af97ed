import {type GraphModel, loadGraphModel} from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import {exportModel} from '../../../src/graph/export_model.js';
import {passNames} from '../../../src/index.js';
import {quantize} from '../../../src/quantize.js';
import {type QuantizedGraphModel, reportOf} from '../../../src/quantized_graph_model.js';
import {Report} from '../../../src/report/report.js';
import {heldOutInputs} from '../../../src/statistics/score.js';
import {graphOf, leakFree, sqnr} from '../fixtures.js';
import {smallMobileNet} from '../small_mobilenet.js';

const WINDOW = 'strides=[1 1 1 1] dilations=[1 1 1 1] padding=SAME data_format=NHWC';

/** Two convolutions; the channels of the first are a hundredfold apart, which the second takes back. */
const UNEVEN = `
  x = Placeholder()
  c = Conv2D(x, f32<1x1x3x2: 2 0.01 -1 0.02 0.5 -0.04>) ${WINDOW}
  r = Relu(c)
  d = Conv2D(r, f32<1x1x2x3: 0.02 0.01 -0.02 1 2 -2>) ${WINDOW}
  s = Sigmoid(d)
  return s`;

const SHAPES = {x: [-1, 8, 8, 3]};
const tenth = (value: number) => Number(value.toFixed(1));

async function artifactsOf(model: GraphModel): Promise<tf.io.ModelArtifacts> {
  let saved: tf.io.ModelArtifacts | undefined;
  await model.save(
    tf.io.withSaveHandler(artifacts => {
      saved = artifacts;
      const modelArtifactsInfo = {dateSaved: new Date(0), modelTopologyType: 'JSON' as const};
      return Promise.resolve({modelArtifactsInfo});
    }),
  );
  if (saved === undefined) throw new Error('nothing was saved');
  return saved;
}

/** real = scale · (q − zeroPoint) of the first layer's integers, read from the model that ships. */
function shippedFilter(model: GraphModel, layer: string): number[] {
  const values = (name: string) => [...model.weights[`${layer}/${name}`][0].dataSync()];
  const [scale, zeroPoint] = [values('filterScale'), values('filterZeroPoint')];
  return values('filter').map(q => scale[0] * (q - zeroPoint[0]));
}

describe('the report', () => {
  let float: GraphModel;
  let plain: QuantizedGraphModel;
  let equalized: QuantizedGraphModel;

  beforeAll(async () => {
    await tf.setBackend('int8');
    float = await exportModel(graphOf(UNEVEN, SHAPES));
    const off = ['equalize-layers', 'correct-bias', 'absorb-high-bias'];
    const passes = Object.fromEntries(passNames.map(name => [name, !off.includes(name)]));
    plain = await quantize(float, {passes, bits: 6});
    equalized = await quantize(float, {equalize: 'weights'});
  });

  it('has the noise of the very integers that ship', () => {
    const wanted = [2, 0.01, -1, 0.02, 0.5, -0.04].map(Math.fround);
    const [first] = plain.report.layers;
    expect(first.weightSqnr).toBe(tenth(sqnr(shippedFilter(plain, 'c'), wanted)));
    expect(first.weights).toMatchObject({bits: 6, granularity: 'per-tensor', symmetric: false});
  });

  it('counts multiply-accumulates and bytes', async () => {
    const {layers, totals} = plain.report;
    expect(layers.map(({macs}) => macs)).toEqual([8 * 8 * 3 * 2, 8 * 8 * 2 * 3]);
    expect(totals).toMatchObject({macs: 768, int8Macs: 768});
    const bytes = async (model: GraphModel) =>
      ((await artifactsOf(model)).weightData as ArrayBuffer).byteLength;
    expect([totals.floatBytes, totals.int8Bytes]).toEqual([await bytes(float), await bytes(plain)]);
    // Six weights, two biases of float32, which the float model has not; six bytes, two biases, scale, zero point.
    expect(layers[0].bytes).toEqual({float: 24 + 8, int8: 6 + 8 + 4 + 4});
  });

  it('has the noise of the result on inputs that no range was taken of', async () => {
    await tf.setBackend('int8');
    const graph = graphOf(UNEVEN, SHAPES);
    const values = (model: GraphModel) =>
      heldOutInputs(graph, {}, 2).flatMap(make => {
        const inputs = make();
        const y = model.execute(inputs) as tf.Tensor;
        const own = [...y.dataSync()];
        tf.dispose([inputs, y]);
        return own;
      });
    const [{sqnr: reported}] = plain.report.outputs;
    expect(reported).toBe(tenth(sqnr(values(plain), values(float))));
  });

  it('has the ranges of the channels before and after equalization', () => {
    const [first, second] = equalized.report.layers;
    expect(first.channelRanges?.before).toEqual([0.04, 0.53, 1.02, 1.51, 2]);
    // After it, both layers' channels are as wide as √(r₁ · r₂) makes them: 0.2 and 0.283.
    const widths = (first.channelRanges?.after ?? []).map(width => width.toPrecision(3));
    expect([widths[0], widths[4]]).toEqual(['0.200', '0.283']);
    expect(second.channelRanges?.before).toEqual([1, 1.5, 2, 2, 2]);
    expect(plain.report.layers[0].channelRanges).toBeUndefined();
    const {channels} = equalized.report;
    expect(channels).toMatchObject({layer: 'c', channels: [1, 0]});
    expect(channels?.before[1]).toEqual([-1, -0.25, 0.5, 1.25, 2]);
  });

  it('has the grids of operands and results', () => {
    const [first, last] = plain.report.layers;
    expect(first.output).toMatchObject({tensor: 'r', bits: 6, zeroPoint: -32});
    expect(first.gridSqnr).toBeGreaterThan(first.activationSqnr ?? Infinity);
    expect([last.output, last.gridSqnr]).toEqual([undefined, undefined]); // in float
    expect(last.input).toEqual(first.output);
  });

  it('says why nodes stayed float', () => {
    expect(plain.report.floatNodes).toEqual([
      {name: 's', op: 'Sigmoid', reason: 'no int8 layer follows'},
    ]);
  });

  it('says why layers stayed float', async () => {
    const quantized = await quantize(float, {skip: ['c']});
    const [first, second] = quantized.report.layers;
    expect(first).toMatchObject({decision: 'float', reason: 'it is to be skipped'});
    expect(first.bytes.int8).toBe(first.bytes.float);
    expect(second.decision).toBe('int8');
    expect(quantized.report.totals).toMatchObject({macs: 768, int8Macs: 384});
    expect(quantized.report.toString()).toMatch(/it is to be skipped: c$/m);
    quantized.dispose();
  });

  it('survives saving and loading, but for the times', async () => {
    const loaded = await loadGraphModel(tf.io.fromMemory(await artifactsOf(equalized)));
    const passes = equalized.report.passes.map(({pass, rewrites}) => ({pass, rewrites}));
    const again = reportOf(loaded);
    expect(again).toBeInstanceOf(Report);
    expect(again).toEqual(new Report({...equalized.report, passes}));
    expect(again.toString()).toBe(equalized.report.toString().replace(/ \(\d+ ms\)$/gm, ''));
    expect(reportOf(equalized)).toBe(equalized.report);
    loaded.dispose();
  });

  it('is the same each time, in the file', async () => {
    const again = await quantize(float, {equalize: 'weights'});
    const [a, b] = await Promise.all([equalized, again].map(artifactsOf));
    expect(JSON.stringify(b.userDefinedMetadata)).toBe(JSON.stringify(a.userDefinedMetadata));
    again.dispose();
  });

  it('times the passes', () => {
    const times = plain.report.passes.map(({milliseconds}) => milliseconds ?? -1);
    expect(times.every(time => time >= 0)).toBe(true);
  });

  it('leaves no tensors', async () => {
    await leakFree(async () => (await quantize(float)).dispose());
  });

  it('is refused where there is none, and where it is of another version', async () => {
    expect(() => reportOf(float)).toThrow('the model has no report');
    const artifacts = await artifactsOf(equalized);
    const withReport = async (dfq: object) =>
      loadGraphModel(tf.io.fromMemory({...artifacts, userDefinedMetadata: {dfq}}));
    const old = await withReport({options: {}, layers: [], notes: []});
    expect(() => reportOf(old)).toThrow(
      'this is not a report of tfjs-dfq; quantize the float model',
    );
    const later = await withReport({schema: 99});
    expect(() => reportOf(later)).toThrow('the report has schema 99, this version reads 1;');
    for (const json of [null, 'text', {schema: 1}]) {
      expect(() => Report.fromJSON(json)).toThrow('this is not a report');
    }
  });
});

describe('the report of a network', () => {
  it('has no noise where nothing is int8', async () => {
    await tf.setBackend('int8');
    const model = await smallMobileNet();
    const {report} = await quantize(model, {passes: {'lower-to-int8': false}});
    expect(report.outputs).toEqual([]);
    expect(report.totals.int8Macs).toBe(0);
    expect(new Set(report.layers.map(({reason}) => reason))).toEqual(
      new Set(['lower-to-int8 is off']),
    );
    model.dispose();
  });
});
