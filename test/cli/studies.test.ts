import {mkdir, mkdtemp, readdir, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {memory} from '@tensorflow/tfjs-core';
import {combinations} from '../../cli/study/ablation.js';
import {STUDIED_PASSES} from '../../cli/study/passes.js';
import {saveModel} from '../../node/save_model.js';
import {convClassifier, dfq, writeColorTask} from './fixtures.js';

jest.setTimeout(60_000);

let folder: string;
const at = (...names: string[]) => path.join(folder, ...names);

/** Small, so that the many quantizations of a study take no time; its weights mean nothing. */
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'dfq-studies-'));
  await writeColorTask(folder);
  await saveModel(at('conv'), convClassifier());
});
afterAll(() => rm(folder, {recursive: true, force: true}));

const onImages = () => ['--images', at('images'), '--labels', at('labels.csv')];

interface Figures {
  readonly top1: number | null;
  readonly agreement: number | null;
  readonly sqnr: number | null;
}

describe('dfq sweep', () => {
  it('prints a row a width, and writes the same as JSON and as a plot', async () => {
    const before = memory().numTensors;
    const files = ['--json', at('sweep.json'), '--plot', at('sweep.png')];
    const {code, output, errors} = await dfq(
      ...['sweep', at('conv'), '--bits', '2,8', ...onImages(), ...files],
    );
    expect([code, errors]).toEqual([0, '']);
    expect(memory().numTensors).toBe(before);
    const [float, head, ...rows] = output.trim().split('\n');
    expect(float).toMatch(/^float: top-1 \d+\.\d\d %$/);
    expect(head).toMatch(/^bits +plain top-1 +plain agreement +plain SQNR +data-free top-1/);
    expect(rows.map(row => row.trim().split(' ')[0])).toEqual(['2', '8']);
    const json = JSON.parse(await readFile(at('sweep.json'), 'utf8')) as {
      float: Figures;
      points: {bits: number; plain: Figures; dfq: Figures}[];
    };
    expect(json).toMatchObject({model: 'conv', perChannel: false, inputs: '3 images'});
    expect(json.float).toMatchObject({agreement: 100, sqnr: null});
    const [two, eight] = json.points;
    expect([two.bits, eight.bits]).toEqual([2, 8]);
    expect(eight.dfq).toMatchObject({agreement: 100, top1: json.float.top1});
    expect(eight.dfq.sqnr).toBeGreaterThan(25);
    expect(eight.dfq.sqnr).toBeGreaterThan(Number(two.dfq.sqnr) + 10);
    expect((await readFile(at('sweep.png'))).subarray(1, 4).toString()).toBe('PNG');
  });

  it('simulates what int8 does not hold, on generated inputs, on weights alone', async () => {
    const {code, output, errors} = await dfq(
      ...['sweep', at('conv'), '--bits', '8,14', '--limit', '2', '--weights-only', '--per-channel'],
      ...['--json', at('weights.json')],
    );
    expect([code, errors]).toEqual([0, '']);
    expect(output).not.toContain('top-1');
    const json = JSON.parse(await readFile(at('weights.json'), 'utf8')) as {
      points: {dfq: Figures}[];
    };
    expect(json).toMatchObject({part: 'weights', perChannel: true, inputs: '2 generated inputs'});
    const [eight, fourteen] = json.points.map(({dfq}) => Number(dfq.sqnr));
    expect(eight).toBeGreaterThan(35);
    expect(fourteen).toBeGreaterThan(eight + 20); // 6 dB a bit, about
  });
});

describe('dfq ablate', () => {
  it('switches passes on in turn, and each off alone', async () => {
    const files = ['--json', at('ablation.json'), '--plot', at('ablation.svg')];
    const {code, output, errors} = await dfq('ablate', at('conv'), '--limit', '2', ...files);
    expect([code, errors]).toEqual([0, '']);
    const json = JSON.parse(await readFile(at('ablation.json'), 'utf8')) as {
      rows: ({name: string; passes: string[]} & Figures)[];
    };
    const expected = combinations(STUDIED_PASSES);
    expect(json.rows.map(({name, passes}) => ({name, passes}))).toEqual(expected);
    const names = expected.map(({name}) => name);
    const shown = output.split('\n').slice(2, -1);
    expect(shown.map(line => names.find(name => line.startsWith(`${name} `)))).toEqual(names);
    for (const {sqnr} of json.rows) expect(sqnr).toBeGreaterThan(15);
    expect(await readFile(at('ablation.svg'), 'utf8')).toContain('+ equalize-layers</text>');
  });

  it('leaves passes out, and takes other widths', async () => {
    const without = STUDIED_PASSES.filter(pass => pass !== 'equalize-layers');
    const {code, output} = await dfq(
      ...['ablate', at('conv'), '--limit', '2', '--bits', '9', '--without', ...without],
    );
    expect(code).toBe(0);
    expect(output).toMatch(
      /^W9A9 +agreement +SQNR\nfloat +\S+ % +∞ dB\nplain .*\n\+ equalize-layers .*\n$/,
    );
  });

  it('tries every pass once more alone, the last in turn aside', () => {
    const names = (passes: Parameters<typeof combinations>[0]) =>
      combinations(passes).map(({name, passes}) => `${name}: ${passes.join(' ')}`);
    expect(names(['prune-constant-channels', 'equalize-layers', 'correct-bias'])).toEqual([
      'plain: ',
      '+ prune-constant-channels: prune-constant-channels',
      '+ equalize-layers: prune-constant-channels equalize-layers',
      '+ correct-bias: prune-constant-channels equalize-layers correct-bias',
      'all but prune-constant-channels: equalize-layers correct-bias',
      'all but equalize-layers: prune-constant-channels correct-bias',
    ]);
    expect(names([])).toEqual(['plain: ']);
  });
});

describe('dfq compare', () => {
  it('prints a row a layer and names the lossiest, on images', async () => {
    const files = ['--json', at('layers.json'), '--plot', at('layers.svg')];
    const {code, output, errors} = await dfq(
      ...['compare', at('conv'), '--images', at('images'), '--limit', '2', ...files],
    );
    expect([code, errors]).toEqual([0, '']);
    expect(output).toMatch(/^float tensor +operation +SQNR +own SQNR +cosine +worst channel\nrelu/);
    expect(output).toMatch(/output 'scores': .* dB, cosine .*, on 2 inputs\n/);
    const {layers, lossiest, ...rest} = JSON.parse(await readFile(at('layers.json'), 'utf8')) as {
      layers: {name: string; ownSqnr: number}[];
      lossiest: string[];
    };
    expect(rest).toMatchObject({samples: 2, notCompared: []});
    const byNoise = [...layers].sort((a, b) => a.ownSqnr - b.ownSqnr);
    expect(lossiest).toEqual(byNoise.map(({name}) => name));
    const listed = byNoise.map(
      ({name, ownSqnr}) => `  ${name}: ${ownSqnr.toFixed(1)} dB of its own\n`,
    );
    expect(output).toContain(
      `these lose most, errors of the layers before aside:\n${listed.join('')}`,
    );
    expect(await readFile(at('layers.svg'), 'utf8')).toContain('SQNR (dB)</text>');
  });

  it('takes an INT8 model and its options from its report', async () => {
    await dfq('quantize', at('conv'), '--bits', '5', '--out', at('conv-int8'));
    const made = await dfq('compare', at('conv'), '--bits', '5');
    const stored = await dfq('compare', at('conv'), at('conv-int8'));
    expect(stored).toEqual(made);
    expect(stored.output).not.toContain('not compared');
  });

  it('refuses two float models', async () => {
    const {code, errors} = await dfq('compare', at('conv'), at('conv'));
    expect([code, errors]).toEqual([
      1,
      'dfq: the model has no report; it was not quantized by tfjs-dfq\n',
    ]);
  });
});

describe('studies refuse, in one line and before they start,', () => {
  const refusal = async (...args: string[]) => {
    const {code, output, errors} = await dfq(...args);
    expect([code, output]).toEqual([1, '']);
    expect(errors).toMatch(/^dfq: .+\n$/);
    return errors;
  };

  it('labels without images', async () => {
    expect(await refusal('ablate', at('conv'), '--labels', at('labels.csv'))).toMatch(
      /--labels needs --images too/,
    );
  });

  it('bit widths that are none', async () => {
    expect(await refusal('sweep', at('conv'), '--bits', '8..4')).toMatch(/'4\.\.16' or '4,6,8'/);
    expect(await refusal('sweep', at('conv'), '--bits', '8,x')).toMatch(/expected an integer/);
    expect(await refusal('sweep', at('conv'), '--bits', '17', '--limit', '1')).toMatch(
      /bits.* is 17; it must be a whole number from 2 to 16/,
    );
  });

  it('weights only and activations only', async () => {
    expect(await refusal('sweep', at('conv'), '--weights-only', '--activations-only')).toMatch(
      /exclude each other/,
    );
  });

  it('a plot of another format, and files that cannot be', async () => {
    expect(await refusal('sweep', at('conv'), '--plot', at('x.pdf'))).toMatch(
      /must end on .svg or .png/,
    );
    expect(await refusal('sweep', at('conv'), '--json', at('none', 'x.json'))).toMatch(
      /--json '.*' is in a folder that does not exist/,
    );
    expect(await refusal('ablate', at('conv'), '--json', at('images'))).toMatch(
      /is a folder; name a file/,
    );
  });

  it('a folder without images, and one that does not exist', async () => {
    await mkdir(at('empty'));
    expect(await refusal('sweep', at('conv'), '--images', at('empty'))).toMatch(
      /has no JPEG or PNG/,
    );
    expect(await refusal('sweep', at('conv'), '--images', at('none'))).toMatch(/does not exist/);
  });

  it('and leave no files behind', async () => {
    await refusal('sweep', at('conv'), '--bits', '17', '--limit', '1', '--json', at('none.json'));
    const left = (await readdir(folder)).filter(name => /none|\.dfq/.test(name));
    expect(left).toEqual([]);
  });
});
