import {existsSync} from 'node:fs';
import {join} from 'node:path';
import type {Browser} from 'playwright-core';
import {launch} from '../visitor.js';
import {PICTOGRAMS, Quantizer} from './quantizer.js';

const MOBILENET = join(__dirname, '../../../../shared/models/mobilenet_v1_075_224');

let browser: Browser;

beforeAll(async () => {
  browser = await launch();
}, 30_000);

afterAll(async () => {
  await browser?.close();
});

async function visit(use: (quantizer: Quantizer) => Promise<void>, width = 1280): Promise<void> {
  const quantizer = await Quantizer.open(browser, {viewport: {width, height: 740}});
  try {
    await use(quantizer);
    expect(quantizer.visitor.problems).toEqual([]);
    expect(quantizer.visitor.external).toEqual([]);
  } finally {
    await quantizer.close();
  }
}

const isThere = existsSync(MOBILENET);

describe('the page quantize', () => {
  it(`never freezes: no task of its own thread over 100 ms while it quantizes ${
    isThere ? 'MobileNetV1' : 'the embedded model (MobileNetV1 of ../shared is not there)'
  }`, async () => {
    await visit(async quantizer => {
      const {page} = quantizer;
      await page.setInputFiles('#folder', isThere ? MOBILENET : PICTOGRAMS);
      // Looking inside is cancelled, and what follows starts without it.
      await page.click('#progress button');
      await page.waitForSelector('#quantize:enabled');
      await quantizer.quantize();
      await quantizer.reported();
      expect(await quantizer.text('#tiles')).toMatch(isThere ? /2[78] of 28/ : /29 of 29/);
      const tasks = await quantizer.visitor.longTasks();
      expect(tasks.filter(duration => duration > 100)).toEqual([]);
    });
  }, 120_000);

  it('is operated by keyboard alone', async () => {
    await visit(async quantizer => {
      const {page} = quantizer;
      const focus = () => page.evaluate<string>('document.activeElement.id || document.activeElement.textContent.trim()'); // prettier-ignore
      await page.focus('#theme');
      const reached: string[] = [];
      for (let i = 0; i < 5; i++) {
        await page.keyboard.press('Tab');
        reached.push(await focus());
        expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).not.toBe('none'); // prettier-ignore
      }
      expect(reached).toEqual(['choose-files', 'choose-folder', 'example', 'url', 'Load']);
      await page.focus('#example');
      await page.keyboard.press('Enter');
      await quantizer.inspected();
      expect(await focus()).toBe('inside-title');
      for (let i = 0; i < 40 && (await focus()) !== 'quantize'; i++)
        await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await quantizer.reported();
      expect(await focus()).toBe('result-title');
      await page.keyboard.press('Tab');
      expect(await focus()).toBe('save-zip');
    });
  }, 60_000);

  it('fits a phone, from the first step to the last', async () => {
    await visit(async quantizer => {
      const {page} = quantizer;
      const width = () => page.evaluate('document.documentElement.scrollWidth');
      expect(await width()).toBe(360);
      await page.click('#example');
      await quantizer.inspected();
      await page.click('#inspection summary');
      await page.click('.advanced > summary');
      expect(await width()).toBe(360);
      await quantizer.quantize();
      await quantizer.reported();
      await page.click('#trial-generated');
      await page.waitForSelector('#trial-result table');
      expect(await width()).toBe(360);
      await page.locator('#report section').first().scrollIntoViewIfNeeded();
      expect(await page.locator('#report .narrow').first().isVisible()).toBe(true);
      expect(await page.locator('#report .wide').first().isVisible()).toBe(false);
    }, 360);
  }, 60_000);
});
