import {quantiles} from '../../../src/report/channel_ranges.js';
import {bytes, count, ratio} from '../../../src/report/format.js';
import {worstLayers} from '../../../src/report/worst_layers.js';
import {handmadeReport} from './report_data.js';

describe('the text of a report', () => {
  it('has totals, layers with the worst marked, what stayed float, and passes', () => {
    expect(`\n${handmadeReport().toString()}\n`).toBe(`
2 of 3 layers are int8
weights of 8 bits; activations of 8; weight scales: one for each filter
66.7 % of 3.00 M MACs are int8; weights 10.0 kB → 2.6 kB (0.26×)
SQNR of the outputs on the probe: net/y 25.5 dB
pixels are taken to be pixels

layer                                    operation          MACs   bytes  weights  activations  own grid  statistics   median channel
net/a/Conv2D                             Conv2D           1.50 M  1.5 kB  40.2 dB      38.1 dB   44.0 dB  probe       25.0 % → 75.0 %
net/b<script>alert("b")</script>/Conv2D  Conv2D            500 k   800 B    exact     9.4 dB ◄         –  batch-norm                –
net/c/MatMul                             MatMul in float  1.00 M   300 B        –            –         –  –                         –
◄ lowest SQNR of the activations

stayed float: 2
  it is to be skipped: net/c/MatMul
  no int8 layer follows: net/y (Softmax)

equalize-layers: 0 done, 2 left alone (12 ms)
  1 group
  Softmax does not commute with scales: net/b, net/c
correct-bias: 1 done, 0 left alone
`);
  });

  it('cuts long lists of names', () => {
    const floatNodes = Array.from({length: 9}, (_, i) => ({
      name: `n${i}`,
      op: 'Add',
      reason: 'so',
    }));
    const text = handmadeReport({floatNodes, layers: []}).toString();
    expect(text).toContain('  so: n0 (Add), n1 (Add), n2 (Add), n3 (Add) and 5 more\n');
    expect(text).toContain('stayed float: 9');
  });

  it('survives JSON', () => {
    const report = handmadeReport();
    const json: unknown = JSON.parse(JSON.stringify(report));
    expect((json as {passes: unknown[]}).passes[0]).toEqual({
      pass: 'equalize-layers',
      milliseconds: 12.4,
      rewrites: [
        {done: true, text: '1 group', nodes: ['']},
        {done: false, text: "Softmax does not commute with scales ('net/y')", nodes: ['net/b']},
        {done: false, text: "Softmax does not commute with scales ('net/z')", nodes: ['net/c']},
      ],
    });
  });
});

describe('figures of reports', () => {
  it('are short', () => {
    expect([0, 999, 1_234, 5_678_000, 3.2e9].map(count)).toEqual(
      ['0', '999', '1.23 k', '5.68 M', '3.20 G'], // prettier-ignore
    );
    expect([12, 1_234, 5_678_000].map(bytes)).toEqual(['12 B', '1.2 kB', '5.68 MB']);
    expect([ratio(1, 4), ratio(1, 0)]).toEqual(['0.25', '–']);
  });

  it('mark at most half of the layers, the noisiest', () => {
    const layers = [30, 10, undefined, 20, 5].map((activationSqnr, i) => ({
      ...handmadeReport().layers[0],
      name: String(i),
      activationSqnr,
    }));
    const marked = (own: typeof layers) => [...worstLayers(own)].map(({name}) => name);
    expect(marked(layers)).toEqual(['4', '1']);
    expect(marked([...layers, ...layers.slice(2).map(layer => ({...layer}))])).toEqual([
      '4',
      '4',
      '1',
    ]);
    expect(marked(layers.slice(0, 1))).toEqual([]);
  });

  it('have quantiles as R and NumPy have them', () => {
    expect(quantiles([4, 1, 3, 2])).toEqual([1, 1.75, 2.5, 3.25, 4]);
    expect(quantiles([0.123456])).toEqual([0.1235, 0.1235, 0.1235, 0.1235, 0.1235]);
  });
});
