import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {build} from 'esbuild';
import {PageHost} from '../package/page_host.js';
import type {ThreadsRun} from './threads_page.js';

const isolated = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

const HEADERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '/plain.html': {},
  '/isolated.html': isolated,
  '/worker.html': isolated,
  '/forbidden.html': {
    ...isolated,
    'content-security-policy': "script-src 'self' 'wasm-unsafe-eval'; worker-src 'none'",
  },
};

describe('threads in Chromium', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dfq-threads-'));
  let host: PageHost;
  let expected: number[];
  const visit = (page: string) => host.open<ThreadsRun>(page, {headers: HEADERS[page]});

  beforeAll(async () => {
    await build({
      entryPoints: [join(__dirname, 'threads_page.ts')],
      outdir: folder,
      bundle: true,
      format: 'iife',
      platform: 'browser',
      target: 'es2022',
      logLevel: 'error',
    });
    for (const page of Object.keys(HEADERS)) {
      writeFileSync(join(folder, page), '<!doctype html><script src="/threads_page.js"></script>');
    }
    host = await PageHost.start(folder);
    const {result} = await visit('/plain.html');
    expect([result.isolated, result.threads]).toEqual([false, 1]);
    expected = result.values;
  });

  afterAll(async () => {
    await host?.stop();
    rmSync(folder, {recursive: true, force: true});
  });

  for (const page of ['/isolated.html', '/worker.html']) {
    it(`work, and give the bits of one, in ${page}`, async () => {
      const {result, problems} = await visit(page);
      expect(problems).toEqual([]);
      expect(result).toEqual({isolated: true, threads: 3, values: expected});
    });
  }

  it('are done without where a policy forbids them', async () => {
    const {result} = await visit('/forbidden.html');
    expect(result).toEqual({isolated: true, threads: 1, values: expected});
  });
});
