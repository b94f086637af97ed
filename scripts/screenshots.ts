/**
 * `npm run screenshots`: the README's pictures of the demo pages, docs/images/demo_*.png, from what
 * `npm run build:demo` wrote.
 */
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {chromium as browserType, type Page} from 'playwright-core';
import {chromium, chromiumFlags} from './chromium.mjs';
import {StaticServer} from './static_server.js';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What the README shows of a page. */
interface Picture {
  readonly name: string;
  readonly path: string;
  /** Pixels from the top that are shown. */
  readonly height: number;
  /** Brings the page to where it is worth a picture. */
  readonly ready: (page: Page) => Promise<unknown>;
}

const PICTURES: readonly Picture[] = [
  {
    name: 'demo_classify',
    path: '/classify/index.html',
    height: 1122,
    ready: async page => {
      await page.waitForFunction("document.getElementById('seen').textContent === '300 images'");
      await page.locator('#samples button').nth(6).click();
      await page.waitForTimeout(1000);
      await page.evaluate('scrollTo(0, 0)');
    },
  },
  {
    name: 'demo_quantize',
    path: '/quantize/index.html',
    height: 1240,
    ready: async page => {
      await page.click('#example');
      await page.click('#quantize');
      await page.waitForFunction("document.querySelector('#report').shadowRoot?.lastElementChild?.textContent.startsWith('Operations')"); // prettier-ignore
      await page.waitForTimeout(500);
      await page.locator('#result-title').evaluate(title => title.scrollIntoView());
    },
  },
];

const WIDTH = 1180;
const PATIENCE_MS = 120_000;

const server = await StaticServer.start(join(root, 'build/demo'));
const browser = await browserType.launch({
  executablePath: chromium(),
  args: [...chromiumFlags],
});
try {
  for (const {name, path, height, ready} of PICTURES) {
    const page = await browser.newPage({viewport: {width: WIDTH, height}, deviceScaleFactor: 1});
    page.setDefaultTimeout(PATIENCE_MS);
    await page.goto(server.url(path));
    await ready(page);
    await page.screenshot({path: join(root, `docs/images/${name}.png`)});
    await page.close();
  }
} finally {
  await browser.close();
  await server.stop();
}
