import {existsSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {memory} from '@tensorflow/tfjs-core';
import {useBackend} from '../../cli/backends.js';
import {loadGraph} from '../../cli/models.js';
import {compare, type Comparison, describe as describeComparison} from '../../scripts/quickstart_comparison.js'; // prettier-ignore
import {recorder} from '../cli/fixtures.js';

const out = mkdtempSync(join(tmpdir(), 'dfq-quickstart-'));
const terminal = recorder();
let comparison: Comparison;
let leaked: number;

beforeAll(async () => {
  await useBackend('wasm');
  const before = memory().numTensors;
  const model = join(__dirname, '../../models/pictograms');
  comparison = await compare({model, out, images: 60, terminal});
  leaked = memory().numTensors - before;
}, 120_000);

afterAll(() => rmSync(out, {recursive: true, force: true}));

describe('the comparison of the quickstart', () => {
  it('measures float, plain INT8 and DFQ INT8, in this order', () => {
    const names = comparison.rows.map(({model, backend}) => `${model} on ${backend}`);
    expect(names).toEqual(['float on wasm', 'plain INT8 on int8', 'DFQ INT8 on int8']);
  });

  it('scores models that have learnt something, and float agrees with itself', () => {
    const [float, plain, dfq] = comparison.rows;
    expect(float.agreement).toBe(100);
    expect(float.accuracy).toBeGreaterThan(60); // of 16 classes
    expect(dfq.agreement).toBeGreaterThan(90);
    expect(plain.agreement).toBeGreaterThan(1);
    for (const {milliseconds} of comparison.rows) expect(milliseconds).toBeGreaterThan(0);
  });

  it('shrinks the weights and makes every layer int8', () => {
    const [float, , dfq] = comparison.rows;
    expect(dfq.bytes).toBeLessThan(0.27 * float.bytes);
    expect(comparison.layers.int8).toBe(comparison.layers.all);
  });

  it('saves a model that loads', async () => {
    expect(comparison.saved).toBe(join(out, 'dfq-int8'));
    const {model, int8, weightBytes} = await loadGraph(comparison.saved);
    model.dispose();
    expect([int8, weightBytes]).toEqual([true, comparison.rows[2].bytes]);
    expect(existsSync(join(out, 'plain-int8/model.json'))).toBe(true);
  });

  it('leaves no tensors behind and writes no progress into a pipe', () => {
    expect(leaked).toBe(0);
    expect(terminal.errors()).toBe('');
  });

  it('prints one line a model', () => {
    const lines = describeComparison(comparison, () => 'somewhere').split('\n');
    expect(lines[0]).toMatch(/^model +backend +accuracy +agreement +weights +ms\/image$/);
    expect(lines[1]).toMatch(/^float +wasm +\d+\.\d % +100\.0 % +[\d.]+ [kM]B +[\d.]+$/);
    expect(lines[3]).toMatch(/^DFQ INT8 +int8 /);
    expect(lines[lines.length - 1]).toBe('saved in somewhere');
  });
});
