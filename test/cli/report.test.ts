import {mkdtemp, readdir, readFile, rm, stat} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {parseHTML} from 'linkedom';
import {titleOf} from '../../cli/report_file.js';
import type {ReportJson} from '../../node/index.js';
import {saveModel} from '../../node/save_model.js';
import {convClassifier, dfq} from './fixtures.js';

jest.setTimeout(60_000);

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'dfq-report-'));
  await saveModel(at('float'), convClassifier());
});
afterAll(() => rm(folder, {recursive: true, force: true}));

const at = (...names: string[]) => path.join(folder, ...names);

describe('dfq report', () => {
  it('shows what quantize has shown, but for times, and writes it in three formats', async () => {
    const made = await dfq('quantize', at('float'), '--out', at('int8'), '--report', at('q.html'));
    expect([made.code, made.errors]).toEqual([0, '']);
    const {output} = await dfq('report', at('int8'));
    const untimed = made.output.replace(/ \(\d+ ms\)$/gm, '');
    expect(untimed.startsWith(output.trimEnd())).toBe(true);

    for (const name of ['r.txt', 'r.json', 'r.html']) {
      const written = await dfq('report', at('int8'), '--out', at(name));
      expect(written).toEqual({code: 0, errors: '', output: `wrote ${at(name)}\n`});
    }
    expect(await readFile(at('r.txt'), 'utf8')).toBe(output);
    const json = JSON.parse(await readFile(at('r.json'), 'utf8')) as {layers: {name: string}[]};
    const names = json.layers.map(({name}) => name);
    expect(names.length).toBe(2);
    for (const [file, title] of [
      ['r.html', 'int8'],
      ['q.html', 'float'],
    ]) {
      const {document} = parseHTML(await readFile(at(file), 'utf8'));
      expect(document.querySelector('h1')?.textContent).toBe(title);
      const rows = [...document.querySelectorAll('table.sortable tbody th')];
      expect(rows.map(({textContent}) => textContent)).toEqual(names);
    }
  });

  it('has the bytes of the embedded model, and every layer on its page', async () => {
    const model = path.join(__dirname, '../../models/pictograms');
    await dfq('quantize', model, '--out', at('pictograms'), '--report', at('p.html'));
    await dfq('report', at('pictograms'), '--out', at('p.json'));
    const text = await readFile(at('p.json'), 'utf8');
    const {totals, layers} = JSON.parse(text) as ReportJson;
    expect(totals.floatBytes).toBe((await stat(path.join(model, 'weights.bin'))).size);
    expect(layers.reduce((sum, {macs}) => sum + macs, 0)).toBe(totals.int8Macs);
    expect(layers.every(({activationSqnr = 0}) => activationSqnr > 15)).toBe(true);
    expect(JSON.stringify(JSON.parse(text)).length).toBeLessThan(1200 * layers.length);
    const {document} = parseHTML(await readFile(at('p.html'), 'utf8'));
    const rows = [...document.querySelectorAll('table.sortable tbody th')];
    expect(rows.map(({textContent}) => textContent)).toEqual(layers.map(({name}) => name));
    expect(rows.length).toBe(29);
  });

  it('refuses a model without a report', async () => {
    const {code, errors} = await dfq('report', at('float'));
    expect(code).toBe(1);
    expect(errors).toBe('dfq: the model has no report; it was not quantized by tfjs-dfq\n');
  });

  it.each([
    [
      ['report', 'int8', '--out', 'r.pdf'],
      /^dfq: the report '.*r\.pdf' must end on \.html, \.json/,
    ],
    [['quantize', 'float', '--out', 'new', '--report', 'r'], /^dfq: the report '.*r' must end on/],
  ])('refuses %j before any work', async ([command, model, ...rest], message) => {
    const args = rest.map(text => (text.startsWith('--') ? text : at(text)));
    const before = await readdir(folder);
    const {code, errors} = await dfq(command, at(model), ...args);
    expect(code).toBe(1);
    expect(errors).toMatch(message);
    expect(await readdir(folder)).toEqual(before);
  });
});

describe('titleOf', () => {
  it('is the folder, or the file, of the model', () => {
    expect(titleOf('models/my_net/model.json')).toBe('my_net');
    expect(titleOf('models/my_net/')).toBe('my_net');
    expect(titleOf('models/other.json')).toBe('other.json');
  });
});
