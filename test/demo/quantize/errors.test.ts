import type {Browser} from 'playwright-core';
import {launch} from '../visitor.js';
import {fileOf, jsonFile, modelJson, Quantizer, type TestFile, weightsBin} from './quantizer.js';

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

const lambda = {
  class_name: 'Sequential',
  config: {
    name: 'net',
    layers: [
      {class_name: 'Lambda', config: {name: 'mystery', batch_input_shape: [null, 4], dtype: 'float32'}}, // prettier-ignore
    ],
  },
};

const poisoned = Buffer.from(weightsBin.buffer);
poisoned.writeFloatLE(NaN, 0);

const cases: {readonly name: string; readonly files: TestFile[]; readonly words: RegExp}[] = [
  {
    name: 'a file that is no model',
    files: [fileOf('notes.txt', 'no model')],
    words: /^There is no TensorFlow\.js model among 'notes\.txt'\.\s+Give a model\.json/,
  },
  {
    name: 'JSON that is no model',
    files: [jsonFile('model.json', {a: 1})],
    words: /^'model\.json' is not a tfjs model: it has no modelTopology\.\s+Give the model\.json/,
  },
  {
    name: 'a model.json alone',
    files: [modelJson],
    words: /'weights\.bin' is not among the files\.\s+Keep all weight files beside model\.json/,
  },
  {
    name: 'a weight file that is cut off',
    files: [modelJson, fileOf('weights.bin', weightsBin.buffer.subarray(0, 1000))],
    words: /^Weight file 'weights\.bin' has 1000 bytes, expected \d+: it is truncated\.\s+Fetch it again/, // prettier-ignore
  },
  {
    name: 'two models',
    files: [modelJson, fileOf('b.zip', 'PK')],
    words: /^'b\.zip' cannot be unpacked: .*\.\s+Zip the model’s folder again/,
  },
  {
    name: 'a layer that cannot be traced',
    files: [jsonFile('model.json', {modelTopology: {model_config: lambda}, weightsManifest: []})],
    words: /'mystery'[^]*Lambda[^]*\.\s+\w+/,
  },
  {
    name: 'weights that are NaN',
    files: [modelJson, fileOf('weights.bin', poisoned)],
    words: /NaN[^]*\.\s+\w+/,
  },
];

describe('the page says in words, with the focus on them, what is wrong and what to do', () => {
  for (const {name, files, words} of cases) {
    it(`about ${name}`, async () => {
      await quantizer.give(...files);
      expect(await quantizer.error()).toMatch(words);
      if (await quantizer.page.locator('#another').isVisible()) await quantizer.another();
    });
  }

  const addresses = [
    {url: 'model', words: /^'model' is not an address\.\s+Give that of a model\.json/},
    {url: 'http://127.0.0.1:1/model.json', words: /cannot be reached from this page\.\s+Check the address\.[^]*Access-Control-Allow-Origin/}, // prettier-ignore
    {url: 'nowhere/model.json', words: /is not there: the server answers 404 Not Found\.\s+Check the address/}, // prettier-ignore
  ];
  for (const {url, words} of addresses) {
    it(`about the address ${url}`, async () => {
      const {page} = quantizer;
      await page.fill(
        '#url',
        url.startsWith('nowhere') ? new URL(`/${url}`, page.url()).href : url,
      );
      await page.click('#address button');
      expect(await quantizer.error()).toMatch(words);
    });
  }

  it('and goes on with what was there', async () => {
    const {page} = quantizer;
    await page.click('#example');
    await quantizer.inspected();
    await page.click('.advanced > summary');
    await page.fill('[name=skip]', 'no_such_node');
    await page.click('#quantize');
    expect(await quantizer.error()).toMatch(/the model has no node 'no_such_node'/i);
    await page.fill('[name=skip]', '');
    await quantizer.drop('#calibration', fileOf('notes.txt', 'no image'));
    await page.click('#quantize');
    expect(await quantizer.error()).toMatch(/'notes\.txt' is not an image/);
    await page.click('#no-images');
    await quantizer.quantize();
    await quantizer.reported();
  }, 30_000);
});
