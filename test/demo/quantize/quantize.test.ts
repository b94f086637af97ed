import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import {type GraphModel, loadGraphModel} from '@tensorflow/tfjs-converter';
import {strFromU8, unzipSync, zipSync} from 'fflate';
import type {Browser} from 'playwright-core';
import {generateImage, imageSize} from '../../../models/pictograms/generator.js';
import * as dfq from '../../../node/index.js';
import {loadModel} from '../../../node/load_model.js';
import {fileSource} from '../../../node/model_source.js';
import {launch} from '../visitor.js';
import {fileOf, modelJson, PICTOGRAMS, Quantizer, weightsBin} from './quantizer.js';

let browser: Browser;
let quantizer: Quantizer;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dfq-page-'));
  browser = await launch();
  quantizer = await Quantizer.open(browser);
}, 30_000);

afterAll(async () => {
  await quantizer?.close();
  await browser?.close();
  rmSync(folder, {recursive: true, force: true});
});

const rows = () => quantizer.page.locator('#inspection table tbody tr');
const opened = () => quantizer.page.waitForSelector('#opened');

async function again(): Promise<void> {
  await opened();
  await quantizer.another();
}

describe('a model', () => {
  it('is taken as chosen files', async () => {
    const [chooser] = await Promise.all([
      quantizer.page.waitForEvent('filechooser'),
      quantizer.page.click('#choose-files'),
    ]);
    await chooser.setFiles([modelJson, weightsBin]);
    await opened();
    expect(await quantizer.text('#opened')).toMatch(/^model GraphModel/);
    await quantizer.another();
  });

  it('is taken as a folder', async () => {
    const [chooser] = await Promise.all([
      quantizer.page.waitForEvent('filechooser'),
      quantizer.page.click('#choose-folder'),
    ]);
    await chooser.setFiles(PICTOGRAMS);
    await opened();
    expect(await quantizer.text('#opened-name')).toBe('pictograms');
    await quantizer.another();
  });

  it('is taken as dropped files, and as a zip', async () => {
    await quantizer.drop('#chooser', modelJson, weightsBin);
    await again();
    const zip = zipSync({'net/model.json': modelJson.buffer, 'net/weights.bin': weightsBin.buffer, '__MACOSX/net/model.json': new Uint8Array(1)}); // prettier-ignore
    await quantizer.drop('body', fileOf('Net.ZIP', zip));
    await opened();
    expect(await quantizer.text('#opened-name')).toBe('net');
    await quantizer.another();
  });

  it('is taken from an address', async () => {
    const {page} = quantizer;
    // The pages' own copy has its weights under a name that only the page knows.
    await page.route(
      '**/copy/*',
      route =>
      route.fulfill({body: (route.request().url().endsWith('.json') ? modelJson : weightsBin).buffer}), // prettier-ignore
    );
    await page.fill('#url', new URL('/copy/', page.url()).href);
    await page.keyboard.press('Enter');
    await opened();
    expect(await quantizer.text('#opened-name')).toBe('copy');
    await quantizer.another();
  });
});

describe('step 2', () => {
  beforeAll(async () => {
    await quantizer.page.click('#example');
    await quantizer.inspected();
  }, 30_000);

  it('shows what is in the model, and what becomes of each node', async () => {
    const all = await quantizer.text('#inspection');
    expect(all).toContain('63 nodes');
    expect(all).toContain('8.36 M');
    expect(all).toContain('747.0 kB');
    expect(all).toMatch(/in\s+input\s+\? × 64 × 64 × 3 float32, image/);
    expect(all).toMatch(/out\s+logits/);
    expect(all).toMatch(/FusedBatchNormV3\s+28/);
    expect(await rows().count()).toBe(83);
  });

  it('sorts nodes by any column, both ways', async () => {
    const {page} = quantizer;
    await page.click('#inspection summary');
    const ops = async () => (await rows().locator('td:nth-child(2)').allInnerTexts()).map(text => text.trim()); // prettier-ignore
    const given = await ops();
    await page.click('#inspection th button >> text=Operation');
    const ascending = await ops();
    expect(ascending).toEqual([...given].sort((a, b) => a.localeCompare(b)));
    await page.click('#inspection th button >> text=Operation');
    expect((await ops())[0]).toBe('Relu6');
    expect(await page.locator('#inspection th[aria-sort]').getAttribute('aria-sort')).toBe(
      'descending',
    );
  });

  it('cancels at a click, and leaves nothing behind', async () => {
    const {page} = quantizer;
    await page.click('#quantize');
    await page.waitForFunction(
      "/[a-z]-[a-z]/.test(document.querySelector('#progress .step').textContent)",
    );
    await page.click('#progress button');
    await page.waitForSelector('#progress .progress', {state: 'hidden'});
    expect(await page.locator('#result').isVisible()).toBe(false);
    expect(await page.locator('[role=alert]').count()).toBe(0);
    expect(await page.locator('#quantize').isEnabled()).toBe(true);
  });
});

describe('the INT8 model', () => {
  let bytes: Uint8Array;
  let inNode: dfq.QuantizedGraphModel;

  beforeAll(async () => {
    await quantizer.quantize();
    await quantizer.reported();
    ({bytes} = await quantizer.save('#save-zip'));
    await tf.setBackend('int8');
    const float = await loadGraphModel(`file://${join(PICTOGRAMS, 'model.json')}`);
    inNode = await dfq.quantize(float);
    await inNode.save(`file://${join(folder, 'node')}`);
  }, 60_000);

  it('is shown by figures: bytes, milliseconds, noise, layers', async () => {
    const tiles = await quantizer.text('#tiles');
    expect(tiles).toMatch(/0\.2\d×\s+float\s+747\.0 kB\s+INT8\s+190\.5 kB/);
    expect(tiles).toMatch(/\d× faster\s+float\s+[\d.]+ ms\s+INT8\s+[\d.]+ ms/);
    expect(tiles).toMatch(/[\d.]+ dB/);
    expect(tiles).toContain('29 of 29');
    expect(await quantizer.text('#notes')).toContain("Pixels are taken to enter 'input'");
  });

  it('is shown by a report with plots and tables that sort', async () => {
    const {page} = quantizer;
    const titles = await page.locator('#report section > h2').allTextContents();
    expect(titles).toEqual([
      'Channel ranges, before and after equalization',
      'Noise on the probe',
      'Layers',
      'What stayed float',
      'Work and size',
      'Passes',
      'Operations of the result',
    ]);
    expect(await page.locator('#report figure .wide > svg').count()).toBe(5);
    const names = page.locator('#report table.sortable tbody th');
    const [first] = await names.allTextContents();
    await page.click('#report table.sortable th button >> text=MACs');
    expect(await names.count()).toBe(29);
    expect((await names.allTextContents())[0]).not.toBe(first);
  });

  it('is saved in a zip with its report; its weights are those that Node makes, byte for byte', async () => {
    const files = unzipSync(bytes);
    expect(Object.keys(files)).toEqual(['group1-shard1of1.bin', 'model.json', 'report.html', 'report.json']); // prettier-ignore
    const {weightData} = await loadModel(await fileSource(join(folder, 'node')));
    expect(Buffer.compare(files['group1-shard1of1.bin'], new Uint8Array(weightData as ArrayBuffer))).toBe(0); // prettier-ignore
    expect(strFromU8(files['report.html'])).toMatch(/^<!doctype html>[^]*pictograms-int8[^]*<svg/);
    const report = JSON.parse(strFromU8(files['report.json'])) as dfq.ReportJson;
    expect(report.layers).toEqual(inNode.report.toJSON().layers);
    expect(quantizer.visitor.external).toEqual([]);
  });

  it('loads in Node from the zip, and predicts the same', async () => {
    for (const [name, contents] of Object.entries(unzipSync(bytes))) {
      writeFileSync(join(folder, name), contents);
    }
    const unpacked = await loadGraphModel(`file://${join(folder, 'model.json')}`);
    const logits = (model: GraphModel, seed: number) =>
      tf.tidy(() => {
        const pixels = Float32Array.from(generateImage(seed).pixels, v => (v - 127.5) / 127.5);
        const y = model.predict(tf.tensor(pixels, [1, imageSize, imageSize, 3])) as tf.Tensor;
        return Array.from(y.dataSync());
      });
    for (const seed of [1, 2, 3]) expect(logits(unpacked, seed)).toEqual(logits(inNode, seed));
  });

  it('is saved as ONNX, the same that Node writes', async () => {
    const {name, bytes: onnx} = await quantizer.save('#save-onnx');
    expect(name).toBe('pictograms-int8.onnx');
    expect(Buffer.compare(onnx, await dfq.toOnnx(inNode))).toBe(0);
  });

  it('is tried on a generated input, beside the float model', async () => {
    const {page} = quantizer;
    await page.click('#trial-generated');
    await page.waitForSelector('#trial-result table tbody tr:nth-child(5)');
    const words = await quantizer.text('#trial-result');
    expect(words).toMatch(/^float [\d.]+ ms, INT8 [\d.]+ ms/);
    expect(words).toMatch(/Largest difference [\d.]+, of values up to [\d.]+, SQNR [\d.]+ dB/);
  });

  it('is tried on an image, chosen or dropped', async () => {
    const {page} = quantizer;
    const picture = join(PICTOGRAMS, '../../docs/images/mobilenet_v1_sweep.png');
    await page.setInputFiles('#trial-file', picture);
    await page.waitForSelector('#trial-result canvas');
    const values = await page.locator('#trial-result td').allInnerTexts();
    await quantizer.drop('#trial', fileOf('x.png', await page.screenshot()));
    await page.waitForFunction(
      `(([cell]) => cell && cell.textContent !== ${JSON.stringify(values[0])})(document.querySelectorAll('#trial-result td'))`,
    );
    await page.waitForSelector('#trial-result tbody tr:nth-child(5)');
  });

  it('is kept in this browser under a name, opened again, and removed', async () => {
    const {page} = quantizer;
    await page.fill('#keep-name', 'kept one');
    await page.click('#keep button');
    await page.waitForFunction("/^Kept/.test(document.getElementById('saved').textContent)");
    await page.reload();
    await page.click('#stored-models button >> text=kept one');
    await quantizer.reported();
    expect(await quantizer.text('#opened')).toMatch(/^kept one INT8 already/);
    expect(await page.locator('#inside').isVisible()).toBe(false);
    expect(await quantizer.text('#tiles')).toContain('29 of 29');
    const saved = unzipSync((await quantizer.save('#save-zip')).bytes);
    expect(saved['group1-shard1of1.bin']).toEqual(unzipSync(bytes)['group1-shard1of1.bin']);
    await page.click('#trial-generated');
    await page.waitForSelector('#trial-result table tbody tr:nth-child(5)');
    await quantizer.another();
    await page.click('[aria-label="Remove kept one"]');
    await page.waitForSelector('#stored', {state: 'hidden'});
  }, 30_000);
});

describe('all the while, the page', () => {
  it('had no errors', () => {
    expect(quantizer.visitor.problems).toEqual([]);
  });
});
