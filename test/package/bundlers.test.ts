import {cpSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {esbuildBuild, viteBuild, viteServer, webpackBuild, type DevServer} from './bundlers.js';
import {ConsumerProject, root} from './consumer_project.js';
import {PageHost} from './page_host.js';

interface AppRun {
  /** The default backend, in the app that asks. */
  readonly initially?: string;
  readonly backend: string;
  readonly output: number[];
  readonly isolated?: boolean;
}

const isolated = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};
const scripts = (sources: string) => ({'content-security-policy': `script-src ${sources}`});

let project: ConsumerProject;
let host: PageHost;
let inNode: AppRun;
let byWebpack: Promise<string[]>;

beforeAll(async () => {
  project = new ConsumerProject();
  const {folder} = project;
  cpSync(join(__dirname, 'apps'), join(folder, 'apps'), {recursive: true});
  cpSync(join(root, 'models/pictograms'), join(folder, 'models/float'), {recursive: true});
  byWebpack = webpackBuild(folder, ['quantize', 'run', 'worker'], 'quantize');
  byWebpack.catch(() => undefined); // seen where it is awaited
  inNode = project.script('apps/node.mjs');
  // A development server serves what lies below its root alone.
  cpSync(join(folder, 'models'), join(folder, 'apps/models'), {recursive: true});
  host = await PageHost.start(folder);
}, 120_000);

afterAll(async () => {
  await byWebpack.catch(() => undefined);
  await host?.stop();
  project?.remove();
}, 120_000);

async function expectNodesBits(
  path: string,
  {headers = {}, expected}: {headers?: Readonly<Record<string, string>>; expected?: RegExp} = {},
): Promise<AppRun> {
  const {result, problems} = await host.open<AppRun>(path, {headers});
  expect(problems.filter(problem => !expected?.test(problem))).toEqual([]);
  expect(result.isolated).toBe('cross-origin-embedder-policy' in headers);
  expect(result.output).toEqual(inNode.output);
  expect(result.backend).toBe('int8');
  return result;
}

it('the apps have something to agree on', () => {
  expect(inNode.backend).toBe('int8');
  expect(inNode.output.length).toBe(16);
  expect(new Set(inNode.output).size).toBeGreaterThan(8);
});

it('without a bundler, a page quantizes and predicts the bits of Node', async () => {
  await expectNodesBits('/apps/plain/index.html');
});

describe('Vite', () => {
  beforeAll(async () => {
    const complaints = ['quantize', 'run', 'worker'].map(app => viteBuild(project.folder, app));
    expect(await Promise.all(complaints)).toEqual(['', '', '']);
  }, 120_000);

  it('builds an app that quantizes and predicts the bits of Node', async () => {
    await expectNodesBits('/built/vite/quantize/index.html');
  });

  it('builds one that runs a quantized model, and keeps its default backend', async () => {
    const {initially} = await expectNodesBits('/built/vite/run/index.html');
    expect(initially).toBe('cpu');
  });

  it('builds one that quantizes in a worker', async () => {
    await expectNodesBits('/built/vite/worker/index.html');
  });

  it('builds what runs on threads, where the page is isolated', async () => {
    await expectNodesBits('/built/vite/quantize/index.html', {headers: isolated});
    await expectNodesBits('/built/vite/worker/index.html', {headers: isolated});
  });
});

describe("Vite's development server", () => {
  let server: DevServer;
  beforeAll(async () => void (server = await viteServer(project.folder)), 60_000);
  afterAll(() => server?.stop());

  for (const app of ['quantize', 'run', 'worker']) {
    it(`serves ${app}`, async () => {
      const {result, problems} = await host.visit<AppRun>(`${server.url}${app}/index.html`);
      expect(problems).toEqual([]);
      expect(result.output).toEqual(inNode.output);
      expect(server.printed()).not.toMatch(/warn|error/i);
    });
  }
});

describe('esbuild', () => {
  it('makes one script that quantizes and predicts the bits of Node', async () => {
    await esbuildBuild(project.folder, 'quantize', 'script');
    await expectNodesBits('/built/esbuild-script/quantize/index.html');
    await expectNodesBits('/built/esbuild-script/quantize/index.html', {headers: isolated});
  });

  it('makes chunks that do', async () => {
    await esbuildBuild(project.folder, 'quantize', 'chunks');
    await expectNodesBits('/built/esbuild-chunks/quantize/index.html');
    await expectNodesBits('/built/esbuild-chunks/quantize/index.html', {headers: isolated});
  });

  describe('of an app with only tfjs-dfq/backend', () => {
    const page = '/built/esbuild-chunks/run/index.html';
    let main: {inputs: string[]; gzipBytes: number};

    beforeAll(async () => {
      const outputs = await esbuildBuild(project.folder, 'run', 'chunks');
      const name = 'built/esbuild-chunks/run/main.js';
      const gzipBytes = gzipSync(readFileSync(join(project.folder, name))).length;
      main = {inputs: Object.keys(outputs[name].inputs), gzipBytes};
    });

    it('runs a quantized model, and keeps its default backend', async () => {
      const {initially} = await expectNodesBits(page);
      expect(initially).toBe('cpu');
    });

    it('has no quantizer, plots, command or binary of tfjs in its first script, of 220 kB', () => {
      expect(main.inputs.filter(path => path.includes('tfjs-dfq/dist/backend')).length).toBeGreaterThan(50); // prettier-ignore
      const foreign = /tfjs-dfq\/dist\/(src\/(?!quant\/|ops\.js)|plots|cli|node)|generated\/tfjs_/;
      expect(main.inputs.filter(path => foreign.test(path))).toEqual([]);
      expect(main.gzipBytes).toBeLessThan(220_000);
    });

    it('goes without threads where the policy forbids workers from blobs', async () => {
      const headers = {...isolated, ...scripts("'self' 'wasm-unsafe-eval'")};
      await expectNodesBits(page, {headers, expected: /Creating a worker from 'blob:/});
    });

    it('goes without threads of tfjs where the policy forbids scripts from blobs', async () => {
      const headers = {...isolated, ...scripts("'self' 'wasm-unsafe-eval'; worker-src blob:")};
      await expectNodesBits(page, {headers, expected: /'blob:.*violates|importScripts/});
    });

    it('goes without WebAssembly where the policy forbids it, and says so', async () => {
      const headers = scripts("'self'");
      const {problems} = await host.open<AppRun>(page, {headers});
      expect(problems.length).toBe(1);
      expect(problems[0]).toContain("allow 'wasm-unsafe-eval' in script-src");
      await expectNodesBits(page, {headers, expected: /WebAssembly did not start/});
    });
  });

  it('drops the quantizer from an app that does not use it', async () => {
    const outputs = await esbuildBuild(project.folder, 'unused', 'chunks');
    const {inputs} = outputs['built/esbuild-chunks/unused/main.js'];
    const kept = Object.keys(inputs).filter(path => inputs[path].bytesInOutput > 0);
    expect(kept.filter(path => /tfjs-dfq\/dist\/src\/(passes|statistics)\//.test(path))).toEqual(
      [],
    );
    const {result} = await host.open<string>('/built/esbuild-chunks/unused/index.html');
    expect(result).toBe('int8');
  });

  it('makes an app whose backend wasm starts, or fails with a reason', async () => {
    await esbuildBuild(project.folder, 'wasm', 'chunks');
    const page = '/built/esbuild-chunks/wasm/index.html';
    expect((await host.open<boolean>(page)).result).toBe(true);
    const {result, problems} = await host.open<boolean>(page, {unreachable: /tfjs_wasm_/});
    expect(result).toBe(false);
    expect(problems.join()).toContain('tfjs-backend-wasm-simd.wasm');
    expect(problems.join()).toContain('cannot be loaded');
  });
});

describe('webpack', () => {
  beforeAll(async () => expect(await byWebpack).toEqual([]), 120_000);

  it('builds an app that quantizes and predicts the bits of Node', async () => {
    await expectNodesBits('/built/webpack/quantize/index.html');
  });

  it('builds one that runs a quantized model, and keeps its default backend', async () => {
    const {initially} = await expectNodesBits('/built/webpack/run/index.html');
    expect(initially).toBe('cpu');
  });

  it('builds one that quantizes in a worker', async () => {
    await expectNodesBits('/built/webpack/worker/index.html');
  });

  it('builds what runs on threads, where the page is isolated', async () => {
    await expectNodesBits('/built/webpack/quantize/index.html', {headers: isolated});
    await expectNodesBits('/built/webpack/worker/index.html', {headers: isolated});
  });
});
