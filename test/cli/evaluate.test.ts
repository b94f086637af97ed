import {existsSync} from 'node:fs';
import {appendFile, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {memory} from '@tensorflow/tfjs-core';
import {run} from '../../cli/run.js';
import {getThreads, setThreads} from '../../node/backend.js';
import {saveModel} from '../../node/save_model.js';
import {colorClassifier, dfq, plainPng, recorder, writeColorTask} from './fixtures.js';

/** A loaded machine is slow to start WebAssembly. */
jest.setTimeout(60_000);

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'dfq-evaluate-'));
  await writeColorTask(folder);
});
afterEach(() => rm(folder, {recursive: true, force: true}));

const at = (...names: string[]) => path.join(folder, ...names);

async function evaluate(model: string, ...options: string[]) {
  const args = ['--images', at('images'), '--labels', at('labels.csv')];
  return dfq('evaluate', model, ...args, ...options);
}

describe('dfq evaluate', () => {
  it.each(['int8', 'wasm', 'cpu'])('scores a float model on %s', async backend => {
    const {code, output, errors} = await evaluate(at('model'), '--backend', backend, '--json');
    expect([code, errors]).toEqual([0, '']);
    const {msPerImage, ...scores} = JSON.parse(output) as Record<string, number>;
    expect(scores).toEqual({top1: 200 / 3, top5: 100, agreement: null, images: 3});
    expect(msPerImage).toBeGreaterThan(0);
  });

  it('runs int8 on as many threads as it is told', async () => {
    for (const threads of ['1', '3']) {
      const {code, output} = await evaluate(at('model'), '--threads', threads, '--json');
      expect([code, getThreads()]).toEqual([0, Number(threads)]);
      expect(JSON.parse(output)).toMatchObject({top1: 200 / 3, images: 3});
    }
    await setThreads(1);
  });

  it('compares with a second model', async () => {
    // the bias of 9 outweighs (200 − 10) / 127.5: everything is green to the second model
    const {output} = await evaluate(at('model'), '--against', at('biased', 'model.json'), '--json');
    expect(JSON.parse(output)).toMatchObject({top1: 200 / 3, agreement: 100 / 3});
    // to pixels of 0–255 it does not matter
    const raw = await evaluate(
      at('model'),
      '--against',
      at('biased'),
      '--json',
      '--mean',
      '0',
      '--std',
      '1',
    );
    expect(JSON.parse(raw.output)).toMatchObject({agreement: 100});
  });

  it('prints a table', async () => {
    const {output} = await evaluate(at('model'), '--backend', 'wasm', '--against', at('biased'));
    const [head, ours, theirs, ...rest] = output.split('\n');
    expect(head).toMatch(/^model +backend +top-1 +top-5 +agreement +images +ms\/image$/);
    expect(ours).toMatch(/model +wasm +66\.67 % +100\.00 % +33\.33 % +3 +\d+\.\d\d$/);
    expect(theirs).toMatch(/biased +wasm +33\.33 % +100\.00 % +– +3 +\d+\.\d\d$/);
    expect(rest).toEqual(['']);
  });

  it('runs batches, limits images and shifts labels', async () => {
    const batches = await evaluate(at('model'), '--batch', '2', '--json');
    expect(JSON.parse(batches.output)).toMatchObject({top1: 200 / 3, images: 3});
    const limited = await evaluate(at('model'), '--limit', '2', '--json');
    expect(JSON.parse(limited.output)).toMatchObject({top1: 100, images: 2});
    const shifted = await evaluate(at('model'), '--limit', '2', '--label-offset', '1', '--json');
    expect(JSON.parse(shifted.output)).toMatchObject({top1: 0});
  });

  it("scales and cuts to the model's size unless told otherwise", async () => {
    await writeFile(at('images', 'large.png'), plainPng(9, [0, 0, 200]));
    await appendFile(at('labels.csv'), '\nlarge.png,2');
    const {output} = await evaluate(at('model'), '--json');
    expect(JSON.parse(output)).toMatchObject({top1: 75, images: 4});
  });

  it('leaves no tensors behind', async () => {
    const before = memory().numTensors;
    await evaluate(at('model'), '--against', at('biased'));
    await evaluate(at('model'), '--label-offset', '9');
    expect(memory().numTensors).toBe(before);
  });
});

describe('dfq evaluate refuses, in one line,', () => {
  const refusal = async (model: string, ...options: string[]) => {
    const {code, output, errors} = await evaluate(model, '--json', ...options);
    expect([code, output]).toEqual([1, '']);
    expect(errors).toMatch(/^dfq: .+\n$/);
    return errors;
  };

  it('a missing model', async () => {
    expect(await refusal(at('none'))).toMatch(/file '.*none' does not exist/);
  });

  it('a model without its weights', async () => {
    await rm(at('model', 'group1-shard1of1.bin'));
    expect(await refusal(at('model'))).toMatch(/group1-shard1of1.bin' does not exist/);
  });

  it('a topology of neither kind', async () => {
    await saveModel(at('neither'), {modelTopology: {layers: {}}, weightSpecs: []});
    expect(await refusal(at('neither'))).toMatch(/is neither a GraphModel nor a LayersModel/);
  });

  it('an empty graph', async () => {
    await saveModel(at('empty'), {...colorClassifier(), modelTopology: {node: []}});
    expect(await refusal(at('empty'))).toMatch(/holds an empty graph/);
  });

  it('a model that takes no images', async () => {
    const json = await readFile(at('model', 'model.json'), 'utf8');
    await writeFile(at('model', 'model.json'), json.replaceAll('{"size":"3"}', '{"size":"5"}'));
    expect(await refusal(at('model'))).toMatch(
      /input 'x(:0)?' has shape \[-1,4,4,5\]; an image classifier takes/,
    );
  });

  it('a missing image', async () => {
    await rm(at('images', 'blue.png'));
    expect(await refusal(at('model'))).toMatch(/image '.*blue.png' does not exist/);
  });

  it('an image smaller than the crop', async () => {
    expect(await refusal(at('model'), '--resize', '3')).toMatch(/cannot cut 4×4 out of 3×3/);
  });

  it("a crop that is not the model's size", async () => {
    expect(await refusal(at('model'), '--crop', '9')).toMatch(
      /takes 4×4 pixels; leave out --crop 9/,
    );
  });

  it('a class that the model does not have', async () => {
    expect(await refusal(at('model'), '--label-offset', '2')).toMatch(
      /'green.png' has class 3, but the model knows 0 to 2; see --label-offset/,
    );
  });

  it('a backend that there is not', async () => {
    expect(await refusal(at('model'), '--backend', 'tpu')).toMatch(
      /'tpu' is invalid.*int8, wasm, cpu/,
    );
  });
});

const shared = path.resolve('../shared');
const images = path.join(shared, 'images', 'cifar10-test-5000');

(existsSync(images) ? describe : describe.skip)(
  'on shared/images (skipped where they are absent)',
  () => {
    it('repeats the score of resnet18_cifar, 83.08 on all images, on the first 200', async () => {
      const terminal = recorder();
      const args = [
        '--images',
        images,
        '--labels',
        path.join(images, 'labels.csv'),
        '--limit',
        '200',
      ];
      const model = path.join(shared, 'models', 'resnet18_cifar');
      await run(
        ['evaluate', model, '--backend', 'wasm', '--json', '--batch', '8', ...args],
        terminal,
        '',
      );
      expect(JSON.parse(terminal.output())).toMatchObject({images: 200, top1: 88});
    });
  },
);
