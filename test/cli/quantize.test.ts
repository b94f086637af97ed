import {mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {memory} from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import {saveModel} from '../../node/save_model.js';
import {convClassifier, dfq, writeColorTask} from './fixtures.js';

jest.setTimeout(60_000);

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'dfq-quantize-'));
  await saveModel(at('float'), convClassifier());
});
afterEach(() => rm(folder, {recursive: true, force: true}));

const at = (...names: string[]) => path.join(folder, ...names);

async function opsOf(name: string): Promise<string[]> {
  const json = await readFile(at(name, 'model.json'), 'utf8');
  const {modelTopology} = JSON.parse(json) as {modelTopology: {node: {op: string}[]}};
  return modelTopology.node.map(({op}) => op);
}

describe('dfq quantize', () => {
  it('writes an INT8 model, and says what became of the layers', async () => {
    const {code, output, errors} = await dfq('quantize', at('float'), '--out', at('int8'));
    expect([code, errors]).toEqual([0, '']);
    expect(output).toMatch(/2 of 2 layers are int8/);
    expect(output).toMatch(/\nsaved in .*int8: \d+ B of weights, \d\.\d\d× of 1\.1 kB\n$/);
    expect(await opsOf('int8')).toContain('Int8Conv2D');
  });

  it('takes a LayersModel', async () => {
    const inputShape = [8, 8, 3];
    const layers = [
      tfl.layers.conv2d({inputShape, filters: 4, kernelSize: 3, activation: 'relu'}),
      tfl.layers.flatten(),
      tfl.layers.dense({units: 2, name: 'head'}),
    ];
    await tfl.sequential({layers}).save(`file://${at('layers')}`);
    const {code, output, errors} = await dfq('quantize', at('layers'), '--out', at('int8'));
    expect([code, errors]).toEqual([0, '']);
    expect(output).toMatch(/2 of 2 layers are int8/);
    expect(await opsOf('int8')).toContain('Int8Conv2D');
  });

  it('names the layer and the file of a LayersModel that it cannot trace', async () => {
    const volume = tfl.layers.conv3d({inputShape: [4, 4, 4, 1], filters: 1, kernelSize: 2});
    await tfl.sequential({layers: [volume]}).save(`file://${at('layers')}`);
    const {code, errors} = await dfq('quantize', at('layers'), '--out', at('int8'));
    expect(code).toBe(1);
    expect(errors).toMatch(/^dfq: '.*model\.json': layer 'conv3d_\S+' \(Conv3D\) is of a class/);
  });

  it('makes a model that evaluate runs on every backend', async () => {
    await writeColorTask(folder);
    await dfq('quantize', at('float'), '--out', at('int8'));
    const task = ['--images', at('images'), '--labels', at('labels.csv'), '--json'];
    const float = ['--against', at('float')];
    for (const backend of ['int8', 'wasm', 'cpu']) {
      const {output} = await dfq('evaluate', at('int8'), '--backend', backend, ...task, ...float);
      expect(JSON.parse(output)).toMatchObject({agreement: 100, images: 3});
    }
  });

  it('takes statistics of a folder of images', async () => {
    await writeColorTask(folder);
    const calibrate = ['--calibrate', at('images'), '--calibration-images', '2'];
    const rule = ['--activation-range', 'mse', '--report', at('report.json')];
    await dfq('quantize', at('float'), '--out', at('int8'), ...calibrate, ...rule);
    expect(JSON.parse(await readFile(at('report.json'), 'utf8'))).toMatchObject({
      options: {activationRange: 'mse'},
      layers: [{statistics: 'calibration'}, {statistics: 'calibration'}],
    });
    const {code, errors} = await dfq(
      ...['quantize', at('float'), '--out', at('other'), '--calibrate', at('nowhere')],
    );
    expect([code, errors]).toEqual([1, `dfq: folder '${at('nowhere')}' does not exist\n`]);
  });

  it('reads a sidecar, and says what is wrong with it', async () => {
    const sidecar = async (text: string) => {
      await writeFile(at('sidecar.json'), text);
      const options = ['--out', at('int8'), '--sidecar', at('sidecar.json')];
      return (await dfq('quantize', at('float'), ...options)).errors;
    };
    expect(await sidecar('no')).toBe(`dfq: the sidecar '${at('sidecar.json')}' is not JSON\n`);
    expect(await sidecar('{}')).toBe("dfq: sidecar: its format is not 'tfjs-dfq-sidecar'\n");
  });

  it('writes the report as JSON', async () => {
    const report = at('report.json');
    await dfq('quantize', at('float'), '--out', at('int8'), '--report', report, '--bits', '6');
    expect(JSON.parse(await readFile(report, 'utf8'))).toMatchObject({
      options: {weightBits: 6, activationBits: 6},
      layers: [
        {name: 'conv', decision: 'int8'},
        {op: 'MatMul', decision: 'int8'},
      ],
    });
  });

  it('passes every option on', async () => {
    const report = at('report.json');
    const bits = ['--weight-bits', '5', '--activation-bits', '7', '--per-channel'];
    const pixels = ['--mean', '1', '2', '3', '--std', '2'];
    const grids = ['--symmetric-activations', '--scales', 'power-of-two'];
    const rest = ['--skip', 'conv', '--without', 'correct-bias', 'equalize-layers'];
    const args = ['--out', at('int8'), '--report', report, ...bits, ...grids, ...pixels, ...rest];
    const {code, errors} = await dfq('quantize', at('float'), ...args);
    expect([code, errors]).toEqual([0, '']);
    const {options, layers, passes, notes} = JSON.parse(await readFile(report, 'utf8')) as {
      options: object;
      layers: {decision: string}[];
      passes: {pass: string}[];
      notes: string[];
    };
    const kinds = {symmetricWeights: false, symmetricActivations: true, scales: 'power-of-two'};
    const switches = {perChannel: true, skip: ['conv'], ...kinds};
    expect(options).toMatchObject({weightBits: 5, activationBits: 7, ...switches});
    expect(layers.map(({decision}) => decision)).toEqual(['float', 'int8']);
    const ran = passes.map(({pass}) => pass);
    expect(ran).toContain('fold-batch-norm');
    expect(ran).not.toContain('correct-bias');
    expect(ran).not.toContain('equalize-layers');
    expect(notes.join()).not.toMatch(/127\.5/);
  });

  it('leaves no tensors behind', async () => {
    await dfq('quantize', at('float'), '--out', at('int8'));
    const before = memory().numTensors;
    await dfq('quantize', at('float'), '--out', at('int8'));
    await dfq('quantize', at('float'), '--out', at('float', 'model.json'));
    expect(memory().numTensors).toBe(before);
  });

  it.each([
    [['--bits', '9'], /bits is 9/],
    [['--without', 'fold'], /no pass 'fold'; the passes are .*fold-batch-norm/],
    [['--skip', 'nothing'], /no node 'nothing'/],
    [['--mean', '127.5'], /--mean needs --std too/],
    [['--std', '127.5'], /--std needs --mean too/],
  ])('refuses %j and writes nothing', async (options, message) => {
    const {code, output, errors} = await dfq(
      'quantize',
      at('float'),
      '--out',
      at('int8'),
      ...options,
    );
    expect([code, output]).toEqual([1, '']);
    expect(errors).toMatch(message);
    expect(errors).toMatch(/^dfq: .+\n$/);
    expect(await readdir(folder)).toEqual(['float']);
  });

  it('refuses a file where the folder should be', async () => {
    await writeFile(at('taken'), 'precious');
    const {code, errors} = await dfq('quantize', at('float'), '--out', at('taken'));
    expect(code).toBe(1);
    expect(errors).toMatch(
      /^dfq: cannot save the model in '.*taken': it is a file; name a folder\n$/,
    );
  });
});

describe('dfq rewrite', () => {
  it('applies the float passes that it is given', async () => {
    expect(await opsOf('float')).toContain('FusedBatchNormV3');
    const {code, output} = await dfq('rewrite', at('float'), '--out', at('folded'));
    expect(code).toBe(0);
    expect(output).toMatch(/^saved in .*folded: /);
    const ops = await opsOf('folded');
    expect(ops).not.toContain('FusedBatchNormV3');
    expect(ops.filter(op => op.startsWith('Int8'))).toEqual([]);
  });

  it('refuses a pass that makes int8', async () => {
    const args = ['--out', at('x'), '--passes', 'quantize-weights'];
    const {code, errors} = await dfq('rewrite', at('float'), ...args);
    expect(code).toBe(1);
    expect(errors).toMatch(/^dfq: .*'quantize-weights'.*\n$/);
    expect(await readdir(folder)).toEqual(['float']);
  });
});

describe('dfq inspect', () => {
  it('prints what the model is made of and what becomes of it', async () => {
    const {code, output} = await dfq('inspect', at('float'));
    expect(code).toBe(0);
    expect(output).toMatch(/^input +x +\[-1, 4, 4, 3\]/m);
    expect(output).toMatch(/^888 multiply-accumulates, 274 parameters, 1\.1 kB$/m);
    expect(output).toMatch(/^Conv2D +1$/m);
    expect(output).toMatch(/^conv +Conv2D +int8/m);
  });

  it('prints the same as JSON', async () => {
    const {output} = await dfq('inspect', at('float'), '--json', '--skip', 'conv');
    const {macs, nodes} = JSON.parse(output) as {macs: number; nodes: {name: string}[]};
    expect(macs).toBe(888); // 4 · 3 · 3 · 3 · 8 + 8 · 3
    expect(nodes.find(({name}) => name === 'conv')).toMatchObject({decision: 'float'});
  });
});
