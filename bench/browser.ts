import {readFile} from 'node:fs/promises';
import {createServer, type Server, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import path from 'node:path';
import {build} from 'esbuild';
import {chromium as browserType} from 'playwright-core';
import {chromium, chromiumFlags} from '../scripts/chromium.mjs';
import {ceilingBinary} from './microkernels/ceiling.js';
import type {Answer, Task} from './task.js';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

/** The page may share memory among threads. */
const ISOLATED = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

const PAGE = '<!doctype html><meta charset="utf-8"><script type="module" src="/page.js"></script>';

/** Times the peers in JavaScript in headless Chromium, each number of threads in a page of its own. */
export async function timeInPage(
  root: string,
  {models, threads, limits}: Task,
  take: (answer: Answer) => void,
): Promise<void> {
  const server = await serve(await filesOf(root), {
    '/models/': path.join(root, 'build/bench'),
    '/onnxruntime/': path.join(root, 'node_modules/onnxruntime-web/dist'),
  });
  const browser = await browserType.launch({
    executablePath: chromium(),
    args: [...chromiumFlags],
  });
  try {
    const page = await browser.newPage();
    page.on('console', message => {
      if (message.type() === 'log') console.error(message.text());
    });
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.waitForFunction('globalThis.timeModel !== undefined');
    for (const {name} of models) {
      const call = `timeModel(${JSON.stringify(name)}, ${threads}, ${JSON.stringify(limits)})`;
      take(await page.evaluate<Answer>(call));
    }
  } finally {
    await browser.close();
    server.close();
  }
}

type Files = Readonly<Record<string, string | Uint8Array>>;

async function filesOf(root: string): Promise<Files> {
  const {outputFiles} = await build({
    absWorkingDir: root,
    entryPoints: ['bench/browser_page.ts'],
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    write: false,
  });
  const [{contents}] = outputFiles;
  return {
    '/': PAGE,
    '/page.js': contents,
    '/plain.wasm': await ceilingBinary(false),
    '/relaxed.wasm': await ceilingBinary(true),
  };
}

async function serve(files: Files, folders: Readonly<Record<string, string>>): Promise<Server> {
  const server = createServer((request, response) => {
    const {pathname} = new URL(request.url ?? '/', 'http://localhost');
    contentsOf(pathname, files, folders).then(
      contents => answer(response, pathname, contents),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** A file that is made, or one below a folder. */
async function contentsOf(
  pathname: string,
  files: Files,
  folders: Readonly<Record<string, string>>,
): Promise<string | Uint8Array> {
  if (pathname in files) return files[pathname];
  const prefix = Object.keys(folders).find(start => pathname.startsWith(start));
  if (prefix === undefined) throw new Error(`no ${pathname}`);
  return readFile(path.join(folders[prefix], pathname.slice(prefix.length)));
}

function answer(response: ServerResponse, pathname: string, contents: string | Uint8Array): void {
  const type = TYPES[path.extname(pathname)] ?? (pathname === '/' ? TYPES['.html'] : '');
  response.writeHead(200, {...ISOLATED, ...(type ? {'Content-Type': type} : {})}).end(contents);
}
