import {mkdtemp, readdir, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {loadGraph} from '../../cli/models.js';
import {toOnnx} from '../../node/index.js';
import {saveModel} from '../../node/save_model.js';
import {convClassifier, dfq} from './fixtures.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'dfq-export-'));
  await saveModel(at('float'), convClassifier());
});
afterAll(() => rm(folder, {recursive: true, force: true}));

const at = (name: string) => path.join(folder, name);

describe('dfq export', () => {
  it('writes what toOnnx gives', async () => {
    await dfq('quantize', at('float'), '--out', at('int8'));
    for (const [name, options] of [
      ['int8', {}],
      ['int8', {activations: 'int8'}],
      ['float', {}],
    ] as const) {
      const flags = 'activations' in options ? ['--activations', options.activations] : [];
      const written = await dfq('export', at(name), '--out', at('m.onnx'), ...flags);
      expect([written.code, written.errors]).toEqual([0, '']);
      expect(written.output).toContain(at('m.onnx'));
      const {model} = await loadGraph(at(name));
      const bytes = await toOnnx(model, options);
      model.dispose();
      expect(Buffer.compare(await readFile(at('m.onnx')), Buffer.from(bytes))).toBe(0);
    }
  });

  it('writes nothing of a model that is not there, or under an option that is none', async () => {
    const before = await readdir(folder);
    const missing = await dfq('export', at('nothing'), '--out', at('n.onnx'));
    expect(missing.code).toBe(1);
    expect(missing.errors).toContain(`'${at('nothing')}' does not exist`);
    const wrong = await dfq('export', at('float'), '--out', at('n.onnx'), '--activations', 'x');
    expect(wrong.code).not.toBe(0);
    expect(wrong.errors).toContain('--activations');
    expect(await readdir(folder)).toEqual(before);
  });
});
