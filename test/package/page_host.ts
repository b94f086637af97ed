import {readFile} from 'node:fs/promises';
import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http';
import {type AddressInfo} from 'node:net';
import {extname, join, normalize} from 'node:path';
import {chromium as browserType, type Browser} from 'playwright-core';
import {chromium, chromiumFlags} from '../../scripts/chromium.mjs';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

export interface Opened<T> {
  readonly result: T;
  /** Addresses that the page asked for. */
  readonly requests: string[];
  /** Requests that failed, and what the page printed as errors and warnings. */
  readonly problems: string[];
}

type Headers = Readonly<Record<string, string>>;

export interface Visit {
  /** Pattern of addresses that fail, as on a broken connection. */
  readonly unreachable?: RegExp;
  /** Of all answers to the page and what it loads. */
  readonly headers?: Headers;
}

/** A web server on loopback over one folder, and a browser that visits it. */
export class PageHost {
  private readonly server: Server;
  private headers: Headers = {};

  private constructor(
    folder: string,
    private readonly browser: Browser,
  ) {
    this.server = createServer((request, response) => {
      void serve(folder, this.headers, request, response);
    });
  }

  static async start(folder: string): Promise<PageHost> {
    const browser = await browserType.launch({
      executablePath: chromium(),
      args: [...chromiumFlags],
    });
    const host = new PageHost(folder, browser);
    await new Promise<void>(resolve => host.server.listen(0, '127.0.0.1', resolve));
    return host;
  }

  /** Visits a page of the folder; one at a time, because of the headers. */
  async open<T>(path: string, {headers = {}, unreachable}: Visit = {}): Promise<Opened<T>> {
    const {port} = this.server.address() as AddressInfo;
    this.headers = headers;
    return this.visit(`http://127.0.0.1:${port}${path}`, unreachable);
  }

  /** Opens a page of any server and waits for the promise that its script leaves in `globalThis.result`. */
  async visit<T>(url: string, unreachable?: RegExp): Promise<Opened<T>> {
    const page = await this.browser.newPage();
    if (unreachable) await page.route(unreachable, route => route.abort());
    const requests: string[] = [];
    const problems: string[] = [];
    page.on('request', request => requests.push(request.url()));
    page.on('console', message => {
      if (['error', 'warning'].includes(message.type())) problems.push(message.text());
    });
    page.on('pageerror', error => problems.push(error.message));
    page.on('response', response => {
      if (!response.ok()) problems.push(`${response.status()} ${response.url()}`);
    });
    try {
      await page.goto(url);
      const result = (await page.evaluate('globalThis.result')) as T;
      return {result, requests, problems};
    } catch (error) {
      throw new Error(`${url}: ${String(error)}\n${problems.join('\n')}`);
    } finally {
      await page.close();
    }
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await new Promise(resolve => this.server.close(resolve));
  }
}

async function serve(
  folder: string,
  headers: Headers,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const {pathname} = new URL(request.url ?? '/', 'http://localhost');
  if (pathname === '/favicon.ico') {
    response.writeHead(204).end();
    return;
  }
  try {
    const body = await readFile(join(folder, normalize(pathname)));
    const type = types[extname(pathname)] ?? 'application/octet-stream';
    response.writeHead(200, {'content-type': type, ...headers}).end(body);
  } catch {
    response.writeHead(404).end();
  }
}
