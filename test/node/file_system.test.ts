import {mkdtemp, mkdir, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import {loadGraphModel} from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import {pathOfUrl, registerFileSystem} from '../../node/file_system.js';
import {saveModel} from '../../node/save_model.js';

const MIB = 1024 * 1024;
let folder: string;

jest.setTimeout(30_000); // some tests write tens of megabytes
tf.env().set('PROD', true); // else tfjs advertises its native backend
registerFileSystem();

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'dfq-file-system-'));
});
afterEach(() => rm(folder, {recursive: true, force: true}));

const at = (...names: string[]) => path.join(folder, ...names);

async function load(location: string): Promise<tf.io.ModelArtifacts> {
  const [handler] = tf.io.getLoadHandlers(`file://${location}`);
  return handler.load ? handler.load() : fail('no load');
}

async function save(location: string, artifacts: tf.io.ModelArtifacts): Promise<tf.io.SaveResult> {
  const [handler] = tf.io.getSaveHandlers(`file://${location}`);
  return handler.save ? handler.save(artifacts) : fail('no save');
}

function fail(message: string): never {
  throw new Error(message);
}

/** y = x + w, w = [1, 2, 3] */
function addition(): tf.io.ModelArtifacts {
  return {
    format: 'graph-model',
    generatedBy: 'test',
    convertedBy: 'hand',
    signature: {inputs: {x: {name: 'x:0'}}, outputs: {y: {name: 'y:0'}}},
    userDefinedMetadata: {report: {layers: 1}},
    modelTopology: {
      node: [
        {name: 'x', op: 'Placeholder', attr: {dtype: {type: 'DT_FLOAT'}}},
        {name: 'w', op: 'Const', attr: {dtype: {type: 'DT_FLOAT'}}},
        {name: 'y', op: 'AddV2', input: ['x', 'w'], attr: {T: {type: 'DT_FLOAT'}}},
      ],
      library: {},
      versions: {},
    },
    weightSpecs: [{name: 'w', shape: [3], dtype: 'float32'}],
    weightData: new Float32Array([1, 2, 3]).buffer,
  };
}

/** A model whose only weight has `bytes` bytes: 0, 1, 2, … modulo 251. */
function sized(bytes: number): tf.io.ModelArtifacts {
  const data = Uint8Array.from({length: bytes}, (_, i) => i % 251);
  const weightSpecs: tf.io.WeightsManifestEntry[] = [{name: 'w', shape: [bytes], dtype: 'bool'}];
  return {...addition(), weightSpecs, weightData: data.buffer};
}

describe('file://', () => {
  it('brings back what it stored, with every field of the format', async () => {
    const artifacts: tf.io.ModelArtifacts = {
      ...addition(),
      modelInitializer: {node: []},
      initializerSignature: {outputs: {}},
      weightSpecs: [
        {name: 'text', shape: [2], dtype: 'string'},
        {name: 'half', shape: [2], dtype: 'float32', quantization: {dtype: 'float16'}},
        {
          name: 'byte',
          shape: [3],
          dtype: 'float32',
          quantization: {dtype: 'uint8', scale: 0.5, min: -1},
        },
      ],
      weightData: new Uint8Array([1, 0, 0, 0, 65, 0, 0, 0, 0, 9, 8, 7, 6, 3, 2, 1]).buffer,
    };
    await save(at('model'), artifacts);
    const loaded = await load(at('model', 'model.json'));
    expect({...loaded, weightData: [...new Uint8Array(loaded.weightData as ArrayBuffer)]}).toEqual({
      ...artifacts,
      weightData: [...new Uint8Array(artifacts.weightData as ArrayBuffer)],
    });
  });

  it('reports what was saved', async () => {
    const {modelArtifactsInfo} = await save(at('model'), addition());
    expect(modelArtifactsInfo.modelTopologyType).toBe('JSON');
    expect(modelArtifactsInfo.weightDataBytes).toBe(12);
  });

  it('loads, runs and saves a GraphModel', async () => {
    await save(at('first'), addition());
    const model = await loadGraphModel(`file://${at('first', 'model.json')}`);
    await model.save(`file://${at('second')}`);
    const again = await loadGraphModel(`file://${at('second', 'model.json')}`);
    const y = tf.tidy(() => (again.predict(tf.tensor([1, 1, 1])) as tf.Tensor).arraySync());
    expect(y).toEqual([2, 3, 4]);
    model.dispose();
    again.dispose();
  });

  it('takes the folder for its model.json', async () => {
    await save(at('model'), addition());
    expect((await load(at('model'))).format).toBe('graph-model');
  });

  it('cuts weights into files of 4 MiB', async () => {
    await save(at('model'), sized(9 * MIB));
    expect((await readdir(at('model'))).sort()).toEqual([
      'group1-shard1of3.bin',
      'group1-shard2of3.bin',
      'group1-shard3of3.bin',
      'model.json',
    ]);
    expect((await readFile(at('model', 'group1-shard1of3.bin'))).length).toBe(4 * MIB);
    expect((await readFile(at('model', 'group1-shard3of3.bin'))).length).toBe(MIB);
    const loaded = new Uint8Array((await load(at('model'))).weightData as ArrayBuffer);
    expect(loaded.every((byte, i) => byte === i % 251)).toBe(true);
  });

  it('joins weights that come in parts or as a stream', async () => {
    const parts = [new Float32Array([1, 2]).buffer, new Float32Array([3]).buffer];
    await save(at('parts'), {...addition(), weightData: parts});
    const getWeightStream = () =>
      new Blob(parts).stream() as unknown as ReadableStream<ArrayBuffer>;
    await save(at('stream'), {...addition(), weightData: undefined, getWeightStream});
    for (const name of ['parts', 'stream']) {
      const {weightData} = await load(at(name));
      expect([...new Float32Array(weightData as ArrayBuffer)]).toEqual([1, 2, 3]);
    }
  });

  it('takes what follows the scheme as a plain path', () => {
    expect(pathOfUrl('file:///a b/50%25')).toBe('/a b/50%25');
    expect(pathOfUrl('file://./here')).toBe('./here');
    expect(pathOfUrl('file:///C:/models')).toBe('C:/models');
  });

  it('registers once, however often it is asked to', () => {
    registerFileSystem();
    expect(tf.io.getLoadHandlers('file:///x').length).toBe(1);
    expect(tf.io.getSaveHandlers('file:///x').length).toBe(1);
  });

  it('steps back for another handler of the same URL', async () => {
    const other = {load: async () => addition()};
    const router = (url: string | string[]) =>
      (url === 'file:///theirs' ? other : null) as tf.io.IOHandler;
    tf.io.registerLoadRouter(router);
    tf.io.registerSaveRouter(router);
    expect(tf.io.getLoadHandlers('file:///theirs')).toEqual([other]);
    expect(tf.io.getSaveHandlers('file:///theirs')).toEqual([other]);
    expect(tf.io.getLoadHandlers('file:///ours').length).toBe(1);
  });

  it('leaves other schemes and lists of files alone', () => {
    expect(tf.io.getLoadHandlers('elsewhere://x')).toEqual([]);
    expect(tf.io.getLoadHandlers(['file:///x'])).toEqual([]);
  });
});

describe('saving', () => {
  it('makes missing parents and leaves nothing else', async () => {
    await save(at('a', 'b', 'c'), addition());
    expect(await readdir(folder)).toEqual(['a']);
    expect((await readdir(at('a', 'b', 'c'))).sort()).toEqual([
      'group1-shard1of1.bin',
      'model.json',
    ]);
  });

  it('replaces a model with all of its weight files and nothing else', async () => {
    await save(at('model'), sized(9 * MIB));
    await writeFile(at('model', 'labels.txt'), 'cat');
    await writeFile(at('model', 'group9-shard1of1.bin'), 'not of this model');
    await save(at('model'), addition());
    expect((await readdir(at('model'))).sort()).toEqual([
      'group1-shard1of1.bin',
      'group9-shard1of1.bin',
      'labels.txt',
      'model.json',
    ]);
    expect((await load(at('model'))).userDefinedMetadata).toEqual({report: {layers: 1}});
  });

  it('leaves no folder behind when the model cannot be written', async () => {
    const cyclic: {self?: object} = {};
    cyclic.self = cyclic;
    const artifacts = {...addition(), userDefinedMetadata: {cyclic}};
    await expect(save(at('a', 'b'), artifacts)).rejects.toThrow(/cannot save the model in '.*b': /);
    expect(await readdir(folder)).toEqual([]);
  });

  it('refuses weights that do not match their specs', async () => {
    const artifacts = {...addition(), weightData: new ArrayBuffer(8)};
    await expect(save(at('model'), artifacts)).rejects.toThrow(
      /weights have 8 bytes, their specs 12/,
    );
    expect(await readdir(folder)).toEqual([]);
  });

  it('puts the old model back when the new one cannot take its place', async () => {
    await save(at('model'), addition());
    await rm(at('model', 'group1-shard1of1.bin'));
    await mkdir(at('model', 'group1-shard1of1.bin'));
    const before = await readFile(at('model', 'model.json'), 'utf8');
    const changed = {...addition(), convertedBy: 'changed'};
    await expect(save(at('model'), changed)).rejects.toThrow(/group1-shard1of1.bin' is a folder/);
    expect((await readdir(at('model'))).sort()).toEqual(['group1-shard1of1.bin', 'model.json']);
    expect(await readFile(at('model', 'model.json'), 'utf8')).toBe(before);
  });

  it('refuses a file where the folder should be', async () => {
    await writeFile(at('taken'), 'precious');
    await expect(saveModel(at('taken'), addition())).rejects.toThrow(/it is a file; name a folder/);
    await expect(saveModel(at('taken', 'model'), addition())).rejects.toThrow(
      /cannot save the model/,
    );
    expect(await readFile(at('taken'), 'utf8')).toBe('precious');
  });
});

describe('loading', () => {
  const truncate = async (name: string, bytes: number) =>
    writeFile(at('model', name), (await readFile(at('model', name))).subarray(0, bytes));

  it('names a file that does not exist', async () => {
    await expect(load(at('none', 'model.json'))).rejects.toThrow(
      /file '.*none\/model.json' does not exist/,
    );
  });

  it('names a file that is not JSON', async () => {
    await writeFile(at('model.json'), '<!doctype html>');
    await expect(load(at('model.json'))).rejects.toThrow(/'.*model.json' is not valid JSON/);
  });

  it('names a file that is not a model', async () => {
    await writeFile(at('package.json'), '{"name": "x"}');
    await expect(load(at('package.json'))).rejects.toThrow(/package.json' is not a tfjs model/);
    await writeFile(at('list.json'), '{"modelTopology": {}, "weightsManifest": [{"paths": 3}]}');
    await expect(load(at('list.json'))).rejects.toThrow(/malformed weightsManifest/);
  });

  it('names a missing weight file', async () => {
    await save(at('model'), sized(9 * MIB));
    await rm(at('model', 'group1-shard2of3.bin'));
    await expect(load(at('model'))).rejects.toThrow(/group1-shard2of3.bin' does not exist/);
  });

  it('names a truncated weight file, with both sizes', async () => {
    for (const [name, found, expected] of [
      ['group1-shard1of3.bin', 1000, 4 * MIB],
      ['group1-shard2of3.bin', 0, 4 * MIB],
      ['group1-shard3of3.bin', MIB - 1, MIB],
    ] as const) {
      await save(at('model'), sized(9 * MIB));
      await truncate(name, found);
      await expect(load(at('model'))).rejects.toThrow(
        `${name}' has ${found} bytes, expected ${expected}: it is truncated`,
      );
    }
  });

  it('names a weight file that is too long', async () => {
    await save(at('model'), addition());
    await writeFile(at('model', 'group1-shard1of1.bin'), new Uint8Array(13));
    await expect(load(at('model'))).rejects.toThrow(
      /has 13 bytes, expected 12: it is not the file/,
    );
  });

  it('finds truncation inside strings', async () => {
    const weightSpecs: tf.io.WeightsManifestEntry[] = [{name: 's', shape: [1], dtype: 'string'}];
    const weightData = new Uint8Array([2, 0, 0, 0, 65, 66]).buffer;
    for (const bytes of [5, 3]) {
      await save(at('model'), {...addition(), weightSpecs, weightData});
      await truncate('group1-shard1of1.bin', bytes);
      await expect(load(at('model'))).rejects.toThrow(/it is truncated/);
    }
  });

  it('names a weight of unknown type', async () => {
    await save(at('model'), addition());
    const json = (await readFile(at('model', 'model.json'), 'utf8')).replace(
      '"float32"',
      '"float8"',
    );
    await writeFile(at('model', 'model.json'), json);
    await expect(load(at('model'))).rejects.toThrow(/weight 'w' has unknown dtype 'float8'/);
  });
});
