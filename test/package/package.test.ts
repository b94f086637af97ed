import {existsSync, readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {join} from 'node:path';
import {build} from 'esbuild';
import {ConsumerProject, root} from './consumer_project.js';
import {PageHost} from './page_host.js';

interface NodeRun {
  readonly float: number[];
  readonly int8: number[];
  readonly report: string;
  readonly backend: string;
}

interface PageRun {
  readonly quantizedHere: number[];
  readonly quantizedInNode: number[];
  readonly backend: string;
  readonly isolated: boolean;
}

/** Threads need a page isolated from others; the policy is as strict as WebAssembly allows. */
const isolation = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'content-security-policy':
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' blob:; worker-src blob:; connect-src 'self'",
};

let project: ConsumerProject;
let inNode: NodeRun;

beforeAll(() => {
  project = new ConsumerProject();
  inNode = project.script('quantize.mjs');
}, 300_000);

afterAll(() => project?.remove());

describe('the package', () => {
  const expected = [
    /^(package\.json|README\.md|LICENSE|CHANGELOG\.md)$/,
    /^dist\/tfjs-dfq\.browser\.js$/,
    /^dist\/(src|backend|node|plots|cli)\/.*\.(js|d\.ts)$/,
  ];

  it('holds what a user needs and nothing else', () => {
    const paths = project.packed.files.map(({path}) => path);
    expect(paths.filter(path => !expected.some(pattern => pattern.test(path)))).toEqual([]);
    for (const file of ['README.md', 'LICENSE', 'dist/tfjs-dfq.browser.js', 'dist/cli/main.js']) {
      expect(paths).toContain(file);
    }
    expect(paths.filter(path => /test|bench|\.map$/.test(path))).toEqual([]);
  });

  it('has every file that its package.json names', () => {
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as unknown;
    const named = JSON.stringify(manifest).match(/dist\/[\w./-]+/g) ?? [];
    const paths = project.packed.files.map(({path}) => path);
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter(path => !paths.includes(path))).toEqual([]);
  });

  it('is below 1.5 MB to download and 4 MB unpacked', () => {
    expect(project.packed.size).toBeLessThan(1.5e6);
    expect(project.packed.unpackedSize).toBeLessThan(4e6);
  });

  it('brings no tfjs-node and no second tfjs-core', () => {
    const installed = (name: string) => existsSync(join(project.folder, 'node_modules', name));
    expect(installed('@tensorflow/tfjs-node')).toBe(false);
    expect(installed('tfjs-dfq/node_modules/@tensorflow/tfjs-core')).toBe(false);
    expect(installed('@tensorflow/tfjs-backend-wasm')).toBe(true);
  });
});

describe('an app in Node', () => {
  it('quantizes, predicts on int8 and saves', () => {
    expect(inNode.backend).toBe('int8');
    expect(inNode.int8.length).toBe(10);
    expect(inNode.report).toContain('int8');
    const span = Math.max(...inNode.float) - Math.min(...inNode.float);
    const errors = inNode.int8.map((y, i) => Math.abs(y - inNode.float[i]));
    expect(Math.max(...errors)).toBeLessThan(span / 10);
    const saved = readFileSync(join(project.folder, 'int8/model.json'), 'utf8');
    expect(saved).toContain('"op":"Int8Conv2D"');
  });

  it('runs the saved model, to the same bits, with only tfjs-dfq/backend imported', () => {
    const {int8} = project.script<Pick<NodeRun, 'int8'>>('run.mjs');
    expect(int8).toEqual(inNode.int8);
  }, 60_000);

  it('can be required where Node requires ES modules', () => {
    if (!('require_module' in process.features)) return;
    const program = "console.log(typeof require('tfjs-dfq').quantize)";
    const printed = project.run(process.execPath, ['--input-type=commonjs', '-e', program]);
    expect(printed.trim()).toBe('function');
  });

  it('has the dfq command', () => {
    expect(project.run('npx', ['--no-install', 'dfq', '--help'])).toContain('quantize');
    const {version} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {version: string}; // prettier-ignore
    expect(project.run('npx', ['--no-install', 'dfq', '--version']).trim()).toBe(version);
    project.run('npx', ['--no-install', 'dfq', 'quantize', 'float/model.json', '--out', 'by-cli']);
    expect(existsSync(join(project.folder, 'by-cli/model.json'))).toBe(true);
  }, 120_000);

  it.each(['node16', 'nodenext', 'bundler'])('type-checks with moduleResolution %s', resolution => {
    const tsc = createRequire(__filename).resolve('typescript/bin/tsc');
    const module = resolution === 'bundler' ? 'esnext' : resolution;
    const kind = ['--module', module, '--moduleResolution', resolution];
    project.run(process.execPath, [tsc, '-p', '.', ...kind]);
  });
});

describe('an app in Chromium', () => {
  let host: PageHost;

  beforeAll(async () => {
    // One at a time: these are two apps, which share no chunks.
    for (const entry of ['page.mjs', 'hosted.mjs']) {
      await build({
        absWorkingDir: project.folder,
        entryPoints: [entry],
        outdir: 'bundled',
        bundle: true,
        splitting: true,
        format: 'esm',
        platform: 'browser',
        logLevel: 'error',
      });
    }
    host = await PageHost.start(project.folder);
  }, 60_000);

  afterAll(() => host?.stop());

  function expectNodesBits(result: PageRun): void {
    expect(result.backend).toBe('int8');
    expect(result.quantizedInNode).toEqual(inNode.int8);
    expect(result.quantizedHere).toEqual(inNode.int8);
  }

  const wasmChunks = (requests: string[]) =>
    requests.flatMap(url => /tfjs_wasm\w*/.exec(url) ?? []);

  it('quantizes and predicts the bits of Node without a bundler, from the one bundle', async () => {
    const {result, problems} = await host.open<PageRun>('/page.html');
    expect(problems).toEqual([]);
    expectNodesBits(result);
  }, 120_000);

  it('does so bundled in chunks, on threads, under a strict policy', async () => {
    const {result, requests, problems} = await host.open<PageRun>('/bundled.html', {
      headers: isolation,
    });
    expect(problems).toEqual([]);
    expect(result.isolated).toBe(true);
    expect(wasmChunks(requests)).toEqual(['tfjs_wasm_threaded_simd']);
    expectNodesBits(result);
  }, 120_000);

  it('leaves the place of the binaries to an app that names one', async () => {
    const {result, requests, problems} = await host.open<string>('/hosted.html');
    expect(problems).toEqual([]);
    expect(result).toBe('int8');
    expect(requests.filter(url => url.endsWith('/dist/tfjs-backend-wasm-simd.wasm')).length).toBe(
      1,
    );
    expect(wasmChunks(requests)).toEqual([]);
  }, 120_000);

  it('runs a converted model where the float backend of WASM cannot be loaded', async () => {
    const {result, problems} = await host.open<PageRun>('/bundled.html', {
      unreachable: /tfjs_wasm_/,
    });
    expect(problems.join()).toContain('WebAssembly did not start');
    expect(result.backend).toBe('int8');
    expect(result.quantizedInNode).toEqual(inNode.int8);
  }, 120_000);
});
