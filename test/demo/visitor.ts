import {join} from 'node:path';
import {type Browser, chromium as browserType, type Page} from 'playwright-core';
import {chromium, chromiumFlags} from '../../scripts/chromium.mjs';
import {StaticServer} from '../../scripts/static_server.js';

/** What `npm run build:demo` writes. */
export const builtDemo = join(__dirname, '../../build/demo');

/** What a host sends that lets pages use threads. */
export const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** A browser with a camera that shows a test picture; pages must still ask for it. */
export function launch(): Promise<Browser> {
  return browserType.launch({
    executablePath: chromium(),
    args: [...chromiumFlags, '--use-fake-device-for-media-stream'],
  });
}

export interface VisitOptions {
  /** Of the host's answers. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly serviceWorkers?: 'allow' | 'block';
  readonly permissions?: string[];
  readonly viewport?: {readonly width: number; readonly height: number};
}

/** A page of the demo in a browser of its own profile, and what went on in it. */
export class Visitor {
  /** Addresses asked of others than the demo's host. */
  readonly external: string[] = [];
  /** Errors and warnings that the page printed, and requests that failed. */
  readonly problems: string[] = [];

  private constructor(
    readonly page: Page,
    private readonly server: StaticServer,
  ) {}

  static async open(browser: Browser, path: string, options: VisitOptions = {}): Promise<Visitor> {
    const {headers = ISOLATION, serviceWorkers, permissions, viewport} = options;
    const server = await StaticServer.start(builtDemo, headers);
    const context = await browser.newContext({serviceWorkers, permissions, viewport});
    const page = await context.newPage();
    const visitor = new Visitor(page, server);
    visitor.watch();
    await page.addInitScript(observeLongTasks);
    await page.goto(server.url(path));
    return visitor;
  }

  private watch(): void {
    const {page, external, problems} = this;
    const own = this.server.url('/');
    page.on('request', request => {
      const url = request.url();
      if (![own, 'blob:', 'data:'].some(start => url.startsWith(start))) external.push(url);
    });
    page.on('console', message => {
      if (['error', 'warning'].includes(message.type())) problems.push(message.text());
    });
    page.on('pageerror', error => problems.push(error.message));
    page.on('response', response => {
      if (response.status() >= 400) problems.push(`${response.status()} ${response.url()}`);
    });
  }

  /** The text of an element, trimmed. */
  async text(selector: string): Promise<string> {
    return (await this.page.innerText(selector)).trim();
  }

  /** Lengths in ms of the tasks over 50 ms that the page's own thread has had. */
  longTasks(): Promise<number[]> {
    return this.page.evaluate('globalThis.longTasks');
  }

  async close(): Promise<void> {
    await this.page.context().close();
    await this.server.stop();
  }
}

/** Runs in the page, before its own scripts. */
const observeLongTasks = `
  globalThis.longTasks = [];
  new PerformanceObserver(list => {
    for (const {duration} of list.getEntries()) globalThis.longTasks.push(duration);
  }).observe({type: 'longtask'});
`;
