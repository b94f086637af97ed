import {execFile, type ExecFileException} from 'node:child_process';
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {writeColorTask} from './fixtures.js';

jest.setTimeout(60_000);

/** Run cli/main.ts in a process of its own, with pipes for stdout and stderr. */
function dfq(
  ...args: string[]
): Promise<{code: ExecFileException['code']; out: string; err: string}> {
  return new Promise(resolve => {
    const command = ['--import', 'tsx', path.resolve('cli/main.ts'), ...args];
    execFile(process.execPath, command, (error, out, err) =>
      resolve({code: error ? error.code : 0, out, err}),
    );
  });
}

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'dfq-main-'));
  await writeColorTask(folder);
});
afterAll(() => rm(folder, {recursive: true, force: true}));

const at = (...names: string[]) => path.join(folder, ...names);
const task = () => ['--images', at('images'), '--labels', at('labels.csv'), '--json'];

describe('the command as a process', () => {
  it('says the version of the package', async () => {
    const {version} = JSON.parse(await readFile('package.json', 'utf8')) as {version: string};
    expect(await dfq('--version')).toEqual({code: 0, out: `${version}\n`, err: ''});
  });

  it('writes results to stdout and nothing else anywhere when piped', async () => {
    const {code, out, err} = await dfq('evaluate', at('model'), ...task());
    expect([code, err]).toEqual([0, '']);
    expect(JSON.parse(out)).toMatchObject({top1: 200 / 3, images: 3});
  });

  it('fails with one line on stderr', async () => {
    const {code, out, err} = await dfq('evaluate', at('nothing'), ...task());
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^dfq: file '.*nothing' does not exist\n$/);
  });
});
