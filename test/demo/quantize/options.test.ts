import type {Browser} from 'playwright-core';
import * as dfq from '../../../node/index.js';
import type {QuantizeRequest} from '../../../demo/worker/quantize/quantization.js';
import {launch} from '../visitor.js';
import {fileOf, jsonFile, Quantizer} from './quantizer.js';

let browser: Browser;
let quantizer: Quantizer;

beforeAll(async () => {
  browser = await launch();
  quantizer = await Quantizer.open(browser);
  await quantizer.page.click('#example');
  await quantizer.inspected();
  await quantizer.page.click('.advanced > summary');
  // Requests to quantize end at once, as if they were cancelled, and are kept.
  await quantizer.page.evaluate(`{
    const {postMessage} = Worker.prototype;
    globalThis.stubbed = true;
    Worker.prototype.postMessage = function (message, transfer) {
      const {id, name, argument} = message;
      if (name !== 'quantizeModel' || !stubbed) return postMessage.call(this, message, transfer);
      globalThis.asked = {...argument, images: argument.images.map(({name}) => name)};
      const data = {kind: 'error', id, error: {name: 'AbortError', message: ''}};
      this.dispatchEvent(new MessageEvent('message', {data}));
    };
  }`);
}, 30_000);

afterAll(async () => {
  await quantizer?.close();
  await browser?.close();
});

interface Case {
  /** Values by name of the control: a tick is put or taken away by a boolean. */
  readonly controls: Readonly<Record<string, string | boolean>>;
  readonly options: dfq.QuantizeOptions;
}

const off = (pass: dfq.PassName) => ({controls: {[`pass-${pass}`]: false}, options: {passes: {[pass]: false}}}); // prettier-ignore
const chosen = (name: keyof dfq.QuantizeOptions, value: string) => ({controls: {[name]: value}, options: {[name]: value}}); // prettier-ignore

const sidecar: dfq.Sidecar = {} as dfq.Sidecar;

/** Every control of the form, and what the library is asked for. */
const cases: readonly Case[] = [
  {controls: {weightBits: '4'}, options: {weightBits: 4}},
  {controls: {activationBits: '2'}, options: {activationBits: 2}},
  {controls: {perChannel: true}, options: {perChannel: true}},
  {controls: {symmetric: 'weights'}, options: {symmetricWeights: true}},
  {controls: {symmetric: 'activations'}, options: {symmetricActivations: true}},
  {controls: {symmetric: 'both'}, options: {symmetric: true}},
  chosen('scales', 'power-of-two'),
  chosen('equalize', 'weights'),
  chosen('relu6', 'relu'),
  chosen('relu6', 'keep'),
  chosen('weightRange', 'mse'),
  ...['nearest', 'flip', 'feedback'].map(value => chosen('rounding', value)),
  ...['analytic', 'empirical', 'both'].map(value => chosen('biasCorrection', value)),
  ...['calibration', 'batch-norm', 'sidecar', 'probe'].map(value => chosen('statistics', value)),
  ...['min-max', 'mse', 'entropy'].map(value => chosen('activationRange', value)),
  {
    controls: {activationRange: 'percentile', percentile: '99.9'},
    options: {activationRange: 'percentile', percentile: 99.9},
  },
  {controls: {keepFloat: true}, options: {keepFloat: 'auto'}},
  {controls: {keepFloat: true, maxDrop: '0.25'}, options: {keepFloat: 'auto', maxDrop: 0.25}},
  {controls: {skip: ' conv1/Conv2D\n\nclassify/MatMul '}, options: {skip: ['conv1/Conv2D', 'classify/MatMul']}}, // prettier-ignore
  {controls: {input: 'signed'}, options: {input: {mean: 127.5, std: 127.5}}},
  {controls: {input: 'unit'}, options: {input: {mean: 0, std: 255}}},
  {controls: {input: 'bytes'}, options: {input: {mean: 0, std: 1}}},
  {
    controls: {input: 'imagenet'},
    options: {input: {mean: [123.675, 116.28, 103.53], std: [58.395, 57.12, 57.375]}},
  },
  {
    controls: {input: 'custom', mean: '10', std: '1, 2;3'},
    options: {input: {mean: 10, std: [1, 2, 3]}},
  },
  {controls: {'kind-input': 'uniform'}, options: {inputs: {input: {kind: 'uniform'}}}},
  {
    controls: {'kind-input': 'image', 'low-input': '-1', 'high-input': '2.5'},
    options: {inputs: {input: {kind: 'image', range: [-1, 2.5]}}},
  },
  ...dfq.passNames.map(off),
];

async function set(name: string, value: string | boolean): Promise<void> {
  const {page} = quantizer;
  const selector = `#options [name="${name}"]`;
  const tag = await page.evaluate<string>(`document.querySelector('${selector}').tagName`);
  if (typeof value === 'boolean') await page.setChecked(selector, value);
  else if (tag === 'SELECT') await page.selectOption(selector, value);
  else await page.fill(selector, value);
}

/** What the page asks the worker for at a click on the button. */
async function asked(): Promise<QuantizeRequest> {
  const {page} = quantizer;
  await page.evaluate('{globalThis.asked = undefined}');
  await page.click('#quantize');
  await page.waitForFunction('globalThis.asked !== undefined');
  await page.waitForSelector('#quantize:enabled');
  return page.evaluate<QuantizeRequest>('asked');
}

async function reset(): Promise<void> {
  await quantizer.page.evaluate(`{
    const form = document.getElementById('options');
    form.reset();
    for (const control of form.elements) control.dispatchEvent(new Event('change'));
  }`);
}

/** What `map` gives of every control. */
function ofControls<T>(map: string): Promise<T[]> {
  return quantizer.page.evaluate(`[...document.querySelectorAll('#options [name]')].map(${map})`);
}

describe('the form of options', () => {
  it('asks for nothing while all is as it was', async () => {
    expect(await asked()).toEqual({options: {}, images: []});
  });

  it('asks for what its controls say, each of them', async () => {
    for (const {controls, options} of cases) {
      for (const [name, value] of Object.entries(controls)) await set(name, value);
      expect((await asked()).options).toEqual(options);
      await reset();
    }
  }, 60_000);

  it('asks for several things at once', async () => {
    await set('pass-correct-bias', false);
    await set('pass-equalize-layers', false);
    await set('weightBits', '6');
    expect((await asked()).options).toEqual({weightBits: 6, passes: {'correct-bias': false, 'equalize-layers': false}}); // prettier-ignore
    await reset();
  });

  it('takes a sidecar, and images to calibrate with', async () => {
    const {page} = quantizer;
    await page.setInputFiles('[name=sidecar]', jsonFile('sidecar.json', sidecar));
    const image = fileOf('a.png', await page.screenshot());
    await page.setInputFiles('#images', [image, {...image, name: 'b.png'}]);
    expect(await quantizer.text('#images-count')).toBe('2 images');
    expect(await asked()).toEqual({options: {sidecar: {}}, images: ['a.png', 'b.png']});
    await page.click('#no-images');
    expect(await quantizer.text('#images-count')).toBe('');
    await quantizer.drop('#calibration', image);
    expect((await asked()).images).toEqual(['a.png']);
    await page.click('#no-images');
    await reset();
  });

  it('has no control that these tests leave out', async () => {
    const names = await ofControls<string>('({name}) => name');
    const tested = new Set(cases.flatMap(({controls}) => Object.keys(controls)));
    expect(names.filter(name => !tested.has(name))).toEqual(['sidecar']);
    expect(names.length).toBe(new Set(names).size);
  });

  it('labels every control, with a line of help', async () => {
    const texts = await ofControls<string[]>(`control => [
      ...[...control.labels].map(({textContent}) => textContent),
      document.getElementById(control.getAttribute('aria-describedby')).textContent,
    ]`);
    for (const own of texts) expect(own).toEqual([expect.stringMatching(/./), expect.stringMatching(/\.$/)]); // prettier-ignore
  });

  it('makes what it asks for: images of the reader’s, fewer bits', async () => {
    const {page} = quantizer;
    await page.evaluate('{globalThis.stubbed = false}');
    await set('weightBits', '6');
    await set('statistics', 'calibration');
    await page.setInputFiles('#images', fileOf('a.png', await page.screenshot()));
    await quantizer.quantize();
    await quantizer.reported();
    expect(await page.textContent('#report table.sortable')).toMatch(/calibration6 bits/);
    expect(await page.locator('[role=alert]').count()).toBe(0);
  }, 30_000);
});
