import type {Browser} from 'playwright-core';
import {launch} from '../visitor.js';
import {fileOf, jsonFile, Quantizer} from './quantizer.js';

let browser: Browser;
let quantizer: Quantizer;

beforeAll(async () => {
  browser = await launch();
  quantizer = await Quantizer.open(browser);
}, 30_000);

afterAll(async () => {
  await quantizer?.close();
  await browser?.close();
});

const type = {type: 'DT_FLOAT'};

/** y = x · w, where x has no declared shape. */
const open = {
  format: 'graph-model',
  modelTopology: {
    versions: {producer: 1, minConsumer: 1},
    node: [
      {name: 'x', op: 'Placeholder', attr: {dtype: type, shape: {shape: {unknownRank: true}}}},
      {name: 'w', op: 'Const', attr: {dtype: type}},
      {name: 'y', op: 'MatMul', input: ['x', 'w'], attr: {T: type}},
    ],
  },
  weightsManifest: [{paths: ['w.bin'], weights: [{name: 'w', shape: [4, 3], dtype: 'float32'}]}],
};
const weights = new Uint8Array(Float32Array.from({length: 12}, (_, i) => i - 5).buffer);

describe('a model that leaves the shape of an input open', () => {
  it('is looked into and quantized once one says the shape', async () => {
    const {page} = quantizer;
    await quantizer.give(jsonFile('model.json', open), fileOf('w.bin', weights));
    await page.waitForSelector('#inspection button');
    expect(await quantizer.text('#inspection')).toContain('does not declare the shape of x.');
    await page.fill('[name=shape-x]', '2, many');
    await page.click('#inspection button');
    expect(await quantizer.error()).toMatch(
      /^The shape '2, many' of input 'x' is not a list of sizes/,
    );
    await page.fill('[name=shape-x]', '2, 4');
    await page.fill('[name=value-x]', '0.5');
    await page.click('#inspection button');
    await quantizer.inspected();
    expect(await quantizer.text('#inspection')).toMatch(/in\s+x\s+of unknown shape float32/);
    await quantizer.quantize();
    await quantizer.reported();
    expect(await quantizer.text('#tiles')).toContain('1 of 1');
    await page.click('#trial-generated');
    await page.waitForSelector('#trial-result table tbody tr:nth-child(5)');
    expect(await quantizer.text('#trial-result h4')).toBe('y 2 × 3');
    expect(quantizer.visitor.problems).toEqual([]);
  }, 30_000);
});
