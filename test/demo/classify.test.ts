import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import {loadGraphModel} from '@tensorflow/tfjs-converter';
import type {Browser} from 'playwright-core';
import {classNames, generateImage, imageSize} from '../../models/pictograms/generator.js';
import * as dfq from '../../node/index.js';
import {launch, Visitor} from './visitor.js';
import {callWorker} from './worker_call.js';

const PAGE = '/classify/index.html';
const MODEL = join(__dirname, '../../models/pictograms/model.json');
const PICTURE = readFileSync(join(__dirname, '../../docs/images/mobilenet_v1_sweep.png'));

let browser: Browser;
let visitor: Visitor;

beforeAll(async () => {
  browser = await launch();
  visitor = await Visitor.open(browser, PAGE, {permissions: ['camera']});
}, 30_000);

afterAll(async () => {
  await visitor?.close();
  await browser?.close();
});

/** Waits until the stream has seen so many images. */
function seen(images: number, {page} = visitor): Promise<unknown> {
  return page.waitForFunction(`parseInt(document.getElementById('seen').textContent) >= ${images}`);
}

const score = (version: string, what = '.numeral') =>
  visitor.text(`[data-version=${version}].score ${what}`);
const share = async (version: string) => parseFloat(await score(version));
const stream = () => visitor.page.locator('#stream');
const bits = (name: string, value: number) =>
  visitor.page.locator(`#bits input[name=${name}][value="${value}"]`);
const caption = () => visitor.text('#caption');
const best = (version: string) => visitor.text(`[data-version=${version}] .classes li:first-child .name`); // prettier-ignore

describe('the page classify, when it opens', () => {
  it('is on threads where the host sends the headers', async () => {
    expect(await visitor.page.evaluate('crossOriginIsolated')).toBe(true);
  });

  it('scores the three versions over generated images: plain INT8 fails, DFQ does not', async () => {
    await seen(100);
    await stream().click();
    const [float, plain, dataFree] = [await share('float'), await share('plain'), await share('dfq')]; // prettier-ignore
    expect(float).toBeGreaterThan(85);
    expect(plain).toBeLessThan(float - 20);
    expect(dataFree).toBeGreaterThan(float - 4);
    expect(await score('dfq', '.difference')).toMatch(
      /^accuracy, [+−±]\d\.\d points against float$/,
    );
    expect(await score('float', 'dl')).toMatch(/agrees with float\s+100\.0 %/);
    expect(await score('float', 'dl')).toMatch(/weights\s+747\.0 kB/);
    expect(await score('dfq', 'dl')).toMatch(/weights\s+190\.5 kB · 25 %/);
    expect(await score('dfq', 'dl')).toMatch(/time an image\s+\d+(\.\d+)? ms/);
    expect(await score('dfq', 'dl')).toMatch(/images a second\s+\d+/);
  }, 30_000);

  it('stops and goes on at the button', async () => {
    await visitor.page.waitForTimeout(300);
    const stopped = await visitor.text('#seen');
    await visitor.page.waitForTimeout(300);
    expect(await visitor.text('#seen')).toBe(stopped);
    expect(await stream().innerText()).toBe('Start');
    await stream().click();
    await seen(parseInt(stopped) + 10);
    await stream().click();
    expect(await stream().innerText()).toBe('Start');
  });

  it('computes in its worker what Node computes, to the last bit', async () => {
    const seeds = [11, 12, 13];
    const inPage = await callWorker<'judge'>(visitor, [
      {name: 'quantizePictograms', argument: {weightBits: 8, activationBits: 8}},
      {name: 'judge', argument: {firstSeed: seeds[0], count: seeds.length}},
    ]);
    await tf.setBackend('int8');
    const input = {mean: 127.5, std: 127.5};
    const float = await loadGraphModel(`file://${MODEL}`);
    const quantized = await dfq.quantize(float, {input});
    const inNode = seeds.map(seed => {
      const pixels = Float32Array.from(generateImage(seed).pixels, v => (v - 127.5) / 127.5);
      const y = tf.tidy(() => quantized.predict(tf.tensor(pixels, [1, imageSize, imageSize, 3])) as tf.Tensor); // prettier-ignore
      return Array.from(y.dataSync());
    });
    expect(inPage.map(({label}) => label)).toEqual(seeds.map(seed => generateImage(seed).label));
    expect(inPage.map(({predictions}) => predictions.dfq.logits)).toEqual(inNode);
  }, 60_000);
});

/** Gives the page files in the way of `event`, as dropping and pasting do. */
function give(event: 'drop' | 'paste', files: {name: string; bytes: Buffer}[]): Promise<unknown> {
  const made = files.map(({name, bytes}) => ({name, base64: bytes.toString('base64')}));
  return visitor.page.evaluate(`{
    const data = new DataTransfer();
    for (const {name, base64} of ${JSON.stringify(made)}) {
      const bytes = Uint8Array.from(atob(base64), char => char.charCodeAt(0));
      data.items.add(new File([bytes], name));
    }
    const event = '${event}';
    dispatchEvent(event === 'drop'
      ? new DragEvent(event, {dataTransfer: data})
      : new ClipboardEvent(event, {clipboardData: data}));
  }`);
}

function captionIs(text: string): Promise<unknown> {
  return visitor.page.waitForFunction(
    `document.getElementById('caption').textContent === ${JSON.stringify(text)}`,
  );
}

const error = () => visitor.page.waitForSelector('[role=alert]');

describe('its images', () => {
  it('are samples, new ones at a click, each with its class', async () => {
    const samples = visitor.page.locator('#samples button');
    expect(await samples.count()).toBe(8);
    await samples.nth(3).click();
    expect(await samples.nth(3).getAttribute('aria-pressed')).toBe('true');
    const name = ((await samples.nth(3).getAttribute('aria-label')) ?? '').replace('Sample: ', '');
    expect(classNames).toContain(name);
    await captionIs(`A generated ${name}`);
    const before = await samples.first().locator('canvas').screenshot();
    await visitor.page.click('#renew');
    await visitor.page.waitForSelector('#samples button:first-child[aria-pressed=true]');
    const after = await samples.first().locator('canvas').screenshot();
    expect(after.equals(before)).toBe(false);
  });

  it('show the five most probable classes of each version, with bars and times', async () => {
    for (const version of ['float', 'plain', 'dfq']) {
      const list = visitor.page.locator(`.top-classes[data-version=${version}]`);
      await list.locator('.bar').first().waitFor();
      expect(await list.locator('.bar').count()).toBe(5);
      expect(await list.locator('.time').innerText()).toMatch(/^\d+(\.\d+)? ms$/);
      const shares = (await list.locator('.share').allInnerTexts()).map(parseFloat);
      expect(shares).toEqual([...shares].sort((a, b) => b - a));
    }
  });

  it('are files that one chooses, drops or pastes', async () => {
    const [chooser] = await Promise.all([
      visitor.page.waitForEvent('filechooser'),
      visitor.page.click('#choose'),
    ]);
    await chooser.setFiles({name: 'chosen.png', mimeType: 'image/png', buffer: PICTURE});
    await captionIs('chosen.png');
    expect(await visitor.page.locator('#samples [aria-pressed=true]').count()).toBe(0);
    await give('drop', [{name: 'dropped.png', bytes: PICTURE}]);
    await captionIs('dropped.png');
    await give('paste', [{name: 'pasted.png', bytes: PICTURE}]);
    await captionIs('pasted.png');
  });

  it('say in words what is wrong with them, and what to do', async () => {
    await give('drop', [{name: 'notes.txt', bytes: Buffer.from('no image')}]);
    expect(await (await error()).innerText()).toMatch(
      /^'notes\.txt' is not an image that this browser can read\.\s+Choose a JPEG, PNG, WebP or GIF file\./,
    );
    expect(await caption()).toBe('pasted.png');
    await visitor.page.click('.error .close');
    expect(await visitor.page.locator('[role=alert]').count()).toBe(0);
    await give('drop', []);
    expect(await (await error()).innerText()).toContain('What was dropped has no file in it.');
    await visitor.page.click('.error .close');
  });

  it('come from the camera until that is stopped', async () => {
    await visitor.page.click('#camera');
    await captionIs('Camera');
    await visitor.page.click('text=Stop the camera');
    await visitor.page.waitForFunction(
      "document.getElementById('camera').textContent === 'Camera'",
    );
    await visitor.page.locator('#samples button').first().click();
    expect(await caption()).toMatch(/^A generated /);
  });
});

describe('its bit widths', () => {
  const sizeOf = (version: string) => score(version, 'dl div:last-child dd');

  async function requantized(): Promise<void> {
    await visitor.page.waitForSelector('#progress progress', {state: 'visible'});
    await visitor.page.waitForSelector('#progress progress', {state: 'hidden'});
  }

  /** Of tfjs in the page's worker, once all that was asked of it is done. */
  async function tensorCount(): Promise<number> {
    await visitor.page.click('#renew');
    await visitor.page.waitForSelector('#samples button:first-child[aria-pressed=true]');
    const [worker] = visitor.page.workers().filter(one => !one.url().startsWith('blob:'));
    return worker.evaluate<number>('_tfengine.memory().numTensors');
  }

  it('make the versions anew, with a bar that says what happens', async () => {
    const eight = await best('dfq');
    await bits('weightBits', 4).check();
    await visitor.page.waitForFunction("/^(Plain|DFQ) INT8: /.test(document.querySelector('#progress .step').textContent)"); // prettier-ignore
    await requantized();
    await seen(60);
    await stream().click();
    expect(await share('dfq')).toBeLessThan(await share('float'));
    expect(await sizeOf('dfq')).toContain('kB');
    expect(classNames).toContain(eight.replace(' ✓', ''));
  }, 30_000);

  it('go back to those that hold when one cancels, and leave nothing behind', async () => {
    const tensors = await tensorCount();
    const before = await score('dfq', 'dl');
    await bits('activationBits', 5).check();
    await visitor.page.click('#progress button');
    await visitor.page.waitForSelector('#progress progress', {state: 'hidden'});
    expect(await bits('activationBits', 8).isChecked()).toBe(true);
    expect(await bits('weightBits', 4).isChecked()).toBe(true);
    expect(await score('dfq', 'dl')).toBe(before);
    expect(await visitor.page.locator('[role=alert]').count()).toBe(0);
    const images = parseInt(await visitor.text('#seen'));
    await stream().click();
    await seen(images + 5);
    await stream().click();
    expect(await tensorCount()).toBe(tensors);
  }, 30_000);
});

describe('by keyboard alone', () => {
  it('every control is reached in order, and seen to be', async () => {
    const {page} = visitor;
    await page.focus('.brand');
    const reached = ['tfjs-dfq'];
    for (let i = 0; i < 20; i++) {
      await page.keyboard.press('Tab');
      const focus = await page.evaluate<string>(`(() => {
        const {id, name, textContent, tagName} = document.activeElement;
        const marked = document.activeElement.matches('input')
          ? document.activeElement.nextElementSibling : document.activeElement;
        if (tagName !== 'BODY' && getComputedStyle(marked).outlineStyle === 'none') return 'unseen';
        return id || name || textContent.trim() || 'sample';
      })()`);
      reached.push(focus);
    }
    expect(reached.slice(0, 7)).toEqual(['tfjs-dfq', 'Classify', 'Quantize', 'theme', 'stream', 'weightBits', 'activationBits']); // prettier-ignore
    expect(reached.slice(7, 18)).toEqual([...Array.from({length: 8}, () => 'sample'), 'renew', 'choose', 'camera']); // prettier-ignore
  });

  it('does what the mouse does', async () => {
    const {page} = visitor;
    await bits('weightBits', 4).focus();
    await page.keyboard.press('ArrowLeft');
    expect(await bits('weightBits', 5).isChecked()).toBe(true);
    await page.waitForSelector('#progress button', {state: 'visible'});
    await page.focus('#progress button');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#progress progress', {state: 'hidden'});
    expect(await bits('weightBits', 4).isChecked()).toBe(true);
    await page.locator('#samples button').nth(2).focus();
    await page.keyboard.press('Space');
    expect(await page.locator('#samples button').nth(2).getAttribute('aria-pressed')).toBe('true');
  }, 30_000);
});

describe('its colours', () => {
  it('are the system’s until one switches, and then stay', async () => {
    const {page} = visitor;
    const theme = () => page.evaluate('document.documentElement.dataset.theme');
    expect(await theme()).toBe('light');
    await page.click('#theme');
    expect(await theme()).toBe('dark');
    await page.reload();
    expect(await theme()).toBe('dark');
    await seen(5);
  }, 30_000);
});

describe('all the while, the page', () => {
  it('never froze: no task of its own thread took over 100 ms', async () => {
    expect((await visitor.longTasks()).filter(duration => duration > 100)).toEqual([]);
  });

  it('asked nobody but its host for anything, and had no errors', () => {
    expect(visitor.external).toEqual([]);
    expect(visitor.problems).toEqual([]);
  });
});

describe('elsewhere', () => {
  it('it gets threads from its service worker where the host sends no headers', async () => {
    const guest = await Visitor.open(browser, PAGE, {headers: {}});
    try {
      await guest.page.waitForFunction('crossOriginIsolated');
      await seen(5, guest);
      await guest.page.goto(new URL('/classify', guest.page.url()).href);
      expect(await guest.page.evaluate('[location.pathname, crossOriginIsolated]')).toEqual([
        '/classify/',
        true,
      ]);
      expect(guest.problems).toEqual([]);
    } finally {
      await guest.close();
    }
  }, 30_000);

  it('it works without threads, at phone width, and says so when the camera is refused', async () => {
    const viewport = {width: 360, height: 740};
    const guest = await Visitor.open(browser, PAGE, {headers: {}, serviceWorkers: 'block', viewport}); // prettier-ignore
    try {
      await seen(5, guest);
      expect(await guest.page.evaluate('crossOriginIsolated')).toBe(false);
      expect(await guest.page.evaluate('document.documentElement.scrollWidth')).toBe(360);
      await guest.page.waitForFunction("/one thread for INT8/.test(document.getElementById('runtime').textContent)"); // prettier-ignore
      await guest.page.click('#camera');
      const words = await (await guest.page.waitForSelector('[role=alert]')).innerText();
      expect(words).toContain('The camera was refused.');
    } finally {
      await guest.close();
    }
  }, 30_000);
});
