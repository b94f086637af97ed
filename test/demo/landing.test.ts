import type {Browser} from 'playwright-core';
import {launch, Visitor} from './visitor.js';

let browser: Browser;
let visitor: Visitor;

beforeAll(async () => {
  browser = await launch();
  visitor = await Visitor.open(browser, '/', {viewport: {width: 360, height: 640}});
}, 30_000);

afterAll(async () => {
  await visitor?.close();
  await browser?.close();
});

describe('the landing page', () => {
  it('leads to both pages, and each leads back', async () => {
    for (const name of ['Classify', 'Quantize']) {
      await visitor.page.click(`main >> text=${name}`);
      await visitor.page.waitForURL(`**/${name.toLowerCase()}/index.html`);
      expect(await visitor.page.getAttribute('nav [aria-current]', 'href')).toBe('./index.html');
      await visitor.page.click('.brand');
      await visitor.page.waitForURL('**/index.html');
    }
  }, 30_000);

  it('fits a phone, asks nobody else for anything and has no errors', async () => {
    expect(await visitor.page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    expect(visitor.external).toEqual([]);
    expect(visitor.problems).toEqual([]);
  });
});
