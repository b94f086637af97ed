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

/** A web server on loopback over one folder, and a browser that visits it. */
export class PageHost {
  private constructor(
    private readonly server: Server,
    private readonly browser: Browser,
  ) {}

  /** @param headers of the answers, by path of the page asked for */
  static async start(
    folder: string,
    headers: Readonly<Record<string, Readonly<Record<string, string>>>>,
  ): Promise<PageHost> {
    const server = createServer((request, response) => {
      void serve(folder, headers, request, response);
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const browser = await browserType.launch({
      executablePath: chromium(),
      args: [...chromiumFlags],
    });
    return new PageHost(server, browser);
  }

  /**
   * Opens a page and waits for the promise that its script leaves in `globalThis.result`.
   *
   * @param unreachable pattern of addresses that fail, as on a broken connection
   */
  async open<T>(path: string, unreachable?: RegExp): Promise<Opened<T>> {
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
      const {port} = this.server.address() as AddressInfo;
      await page.goto(`http://127.0.0.1:${port}${path}`);
      const result = (await page.evaluate('globalThis.result')) as T;
      return {result, requests, problems};
    } catch (error) {
      throw new Error(`${path}: ${String(error)}\n${problems.join('\n')}`);
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
  headers: Readonly<Record<string, Readonly<Record<string, string>>>>,
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
    response.writeHead(200, {'content-type': type, ...headers[pathname]}).end(body);
  } catch {
    response.writeHead(404).end();
  }
}
