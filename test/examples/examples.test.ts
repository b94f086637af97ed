import {execFileSync} from 'node:child_process';
import {existsSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {PageHost} from '../package/page_host.js';

const root = join(__dirname, '../..');

beforeAll(() => {
  if (existsSync(join(root, 'dist/tfjs-dfq.browser.js'))) return;
  throw new Error('the examples need dist; run npm run build first');
});

describe('examples/quantize.mjs', () => {
  const out = mkdtempSync(join(tmpdir(), 'dfq-example-'));
  afterAll(() => rmSync(out, {recursive: true, force: true}));

  it('quantizes, saves, and runs what it saved', () => {
    const model = join(root, 'models/pictograms');
    const script = join(root, 'examples/quantize.mjs');
    const text = execFileSync(process.execPath, [script, model, out], {encoding: 'utf8'});
    expect(text).toMatch(/^(\d+) of \1 layers are int8$/m);
    expect(readFileSync(join(out, 'model.json'), 'utf8')).toContain('"op":"Int8Conv2D"');
    const [, span, error] = /span ([\d.]+), INT8 is off by ([\d.]+)/.exec(text) ?? [];
    expect(Number(error)).toBeLessThan(Number(span) / 5);
  }, 120_000);
});

interface PageRun {
  readonly float: number[];
  readonly int8: number[];
  readonly bytes: number;
}

describe('examples/browser.html', () => {
  it('quantizes and saves in a page, and int8 follows float', async () => {
    const host = await PageHost.start(root);
    try {
      const {result, problems} = await host.open<PageRun>('/examples/browser.html');
      expect(problems).toEqual([]);
      expect([result.float.length, result.int8.length]).toEqual([16, 16]);
      expect(correlation(result.float, result.int8)).toBeGreaterThan(0.9);
      expect(result.bytes).toBeGreaterThan(100_000);
    } finally {
      await host.stop();
    }
  }, 120_000);
});

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((x, y) => x + y, 0) / values.length;
  const [ma, mb] = [mean(a), mean(b)];
  const product = (x: readonly number[], mx: number, y: readonly number[], my: number) =>
    mean(x.map((v, i) => (v - mx) * (y[i] - my)));
  return product(a, ma, b, mb) / Math.sqrt(product(a, ma, a, ma) * product(b, mb, b, mb));
}
