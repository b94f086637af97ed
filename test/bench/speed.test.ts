import {execFile} from 'node:child_process';
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {promisify} from 'node:util';
import type {Result} from '../../bench/results.js';

const root = path.resolve(__dirname, '../..');

/** Two processes that compile TypeScript, and seven runtimes: seconds, on a busy machine a minute. */
jest.setTimeout(180_000);

describe('npm run bench', () => {
  it('times all peers on the smallest model, and writes table, JSON and plot', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'dfq-bench-'));
    const [json, plot] = ['bench.json', 'speed.svg'].map(name => path.join(folder, name));
    const args = ['--import', 'tsx', 'bench/speed.ts', '--quick', '--json', json, '--plot', plot];
    const {stdout} = await promisify(execFile)(process.execPath, args, {cwd: root});
    const {results} = JSON.parse(await readFile(json, 'utf8')) as {results: Result[]};
    expect(results.map(({error}) => error)).toEqual(results.map(() => undefined));
    const peers = results.map(({peer}) => peer).filter(peer => !peer.includes('-node'));
    expect(peers).toEqual([
      'tfjs-dfq int8',
      'tfjs-backend-wasm float',
      'onnxruntime-web int8',
      'onnxruntime-web float',
      'tfjs-backend-cpu float',
    ]);
    for (const {median, min, ceilingShare} of results) {
      expect(min).toBeGreaterThan(0);
      expect(median).toBeGreaterThanOrEqual(min);
      expect(ceilingShare).toBeGreaterThan(0);
    }
    expect(stdout.split('\n').filter(line => line.startsWith('| ds_cnn')).length).toBe(
      results.length,
    );
    expect(await readFile(plot, 'utf8')).toContain('<svg');
    await rm(folder, {recursive: true});
  });
});
