import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {execFile} from 'node:child_process';
import {existsSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {promisify} from 'node:util';
import type {Sidecar} from '../../src/index.js';

jest.setTimeout(60_000);

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'dfq-sidecar-'));
});
afterAll(() => rm(folder, {recursive: true, force: true}));

const layer = (className: string, name: string, config: object) => ({
  class_name: className,
  config: {name, trainable: true, dtype: 'float32', ...config},
});

const MODEL = {
  class_name: 'Sequential',
  config: {
    name: 'net',
    layers: [
      layer('Conv2D', 'stem', {
        batch_input_shape: [null, 4, 4, 1],
        filters: 2,
        kernel_size: [1, 1],
        strides: [1, 1],
        padding: 'same',
        data_format: 'channels_last',
        dilation_rate: [1, 1],
        activation: 'linear',
        use_bias: false,
      }),
      layer('BatchNormalization', 'stem_bn', {
        axis: [3],
        momentum: 0.99,
        epsilon: 0.5,
        center: true,
        scale: true,
      }),
      layer('ReLU', 'stem_relu', {max_value: 6}),
    ],
  },
};

const WEIGHTS: Record<string, Record<string, {shape: number[]; values: number[]}>> = {
  stem: {'stem/kernel:0': {shape: [1, 1, 1, 2], values: [1, 2]}},
  stem_bn: {
    'stem_bn/gamma:0': {shape: [2], values: [-2, 3]},
    'stem_bn/beta:0': {shape: [2], values: [0.25, -4]},
    'stem_bn/moving_mean:0': {shape: [2], values: [7, 8]},
    'stem_bn/moving_variance:0': {shape: [2], values: [0.5, 1.5]},
  },
};

/** As Keras 2 writes it; in a process of its own, as jest's require takes no ES modules. */
const WRITER = `
  import {File, ready} from 'h5wasm/node';
  await ready;
  const [path, model, layers] = process.argv.slice(1);
  const file = new File(path, 'w');
  if (model) file.create_attribute('model_config', model);
  const weights = file.create_group('model_weights');
  for (const [name, own] of Object.entries(JSON.parse(layers))) {
    const group = weights.create_group(name);
    group.create_attribute('weight_names', Object.keys(own));
    group.create_group(name);
    for (const [weight, {shape, values}] of Object.entries(own)) {
      group.create_dataset({name: weight, data: Float32Array.from(values), shape, dtype: '<f'});
    }
  }
  file.close();`;

async function node(...args: string[]): Promise<{stdout: string; stderr: string}> {
  return promisify(execFile)(process.execPath, args);
}

async function writeKerasFile(file: string, model: string): Promise<void> {
  await node('--input-type=module', '-e', WRITER, file, model, JSON.stringify(WEIGHTS));
}

async function sidecarOf(model: string): Promise<Sidecar> {
  const out = path.join(folder, 'sidecar.json');
  await node('--import', 'tsx', 'scripts/sidecar.ts', model, out);
  return JSON.parse(await readFile(out, 'utf8')) as Sidecar;
}

describe('scripts/sidecar.ts', () => {
  it('reads a Keras file', async () => {
    const file = path.join(folder, 'model.h5');
    await writeKerasFile(file, JSON.stringify(MODEL));
    expect(await sidecarOf(file)).toEqual({
      format: 'tfjs-dfq-sidecar',
      version: 1,
      layers: {
        stem: {
          beta: [0.25, -4],
          // |γ| √(σ² / (σ² + ε))
          gamma: [2 * Math.sqrt(0.5), 3 * Math.sqrt(0.75)].map(v => Number(v.toPrecision(9))),
          aliases: ['stem_bn', 'stem_relu'],
        },
      },
    });
  });

  it('refuses a file of weights alone', async () => {
    const file = path.join(folder, 'weights.h5');
    await writeKerasFile(file, '');
    await expect(sidecarOf(file)).rejects.toThrow("'weights.h5' holds no whole Keras model");
  });

  const shared = path.resolve('../shared/models/mobilenet_v1_075_224_layers');
  const test = existsSync(shared) ? it : it.skip;

  test('reads the LayersModel of ../shared (skipped where that is absent)', async () => {
    const {layers} = await sidecarOf(shared);
    expect(Object.keys(layers).length).toBe(27);
    expect(layers['conv_pw_13'].beta.length).toBe(768);
    expect(layers['conv_pw_13'].aliases).toContain('conv_pw_13_bn');
  });
});
