import {DfqError} from '../../../src/graph/dfq_error.js';
import {applySidecar} from '../../../src/passes/apply_sidecar.js';
import {canonicalize} from '../../../src/passes/canonicalize.js';
import {estimateStatistics} from '../../../src/passes/estimate_statistics.js';
import {foldBatchNorm} from '../../../src/passes/fold_batch_norm.js';
import type {PassOptions} from '../../../src/passes/pass.js';
import {checkSidecar, matchSidecar, type Sidecar} from '../../../src/statistics/sidecar.js';
import {contextOf, graphOf, type InputShapes} from '../fixtures.js';

const CONV = 'strides=[1 1 1 1] dilations=[1 1 1 1] padding=SAME';
const SHAPES: InputShapes = {x: [-1, 8, 8, 2]};
const FUSED = `x = Placeholder()
  net/conv1_relu/Relu6 = _FusedConv2D(x, ~3x3x2x4, ~4) ${CONV} fused_ops=[BiasAdd Relu6] num_args=1
  net/conv10/Conv2D = Conv2D(net/conv1_relu/Relu6, ~1x1x4x4) ${CONV}
  return net/conv10/Conv2D`;

function sidecarOf(layers: Sidecar['layers']): Sidecar {
  return {format: 'tfjs-dfq-sidecar', version: 1, layers};
}

const ENTRY = {beta: [0.5, -1, 2, 0], gamma: [1, -0.5, 2, 0.25]};

async function run(sidecar: Sidecar, options: Partial<PassOptions> = {}, text = FUSED) {
  const graph = graphOf(text, SHAPES);
  const context = contextOf({sidecar, ...options});
  for (const pass of [canonicalize, foldBatchNorm, applySidecar, estimateStatistics]) {
    await pass.run(graph, context);
  }
  return context;
}

describe('matchSidecar', () => {
  it('knows layers by whole components of names: their own, those of constants, aliases', () => {
    const graph = graphOf(FUSED, SHAPES);
    void canonicalize.run(graph, contextOf());
    const outputOf = (layers: Sidecar['layers']) => [
      ...matchSidecar(graph, sidecarOf(layers)).moments.keys(),
    ];
    const first = outputOf({conv1_relu: ENTRY});
    expect(first.length).toBe(1);
    expect(outputOf({other: {...ENTRY, aliases: ['conv1_relu']}})).toEqual(first);
    expect(outputOf({conv10: ENTRY})).not.toEqual(first);
    const {moments} = matchSidecar(graph, sidecarOf({conv1_relu: ENTRY}));
    expect([...moments.values()]).toEqual([
      {mean: Float64Array.from(ENTRY.beta), std: Float64Array.of(1, 0.5, 2, 0.25)},
    ]);
  });

  it('says what has no layer, and why', () => {
    const graph = graphOf(FUSED, SHAPES);
    void canonicalize.run(graph, contextOf());
    const short = {beta: [1], gamma: [1]};
    const layers = {conv1: ENTRY, net: ENTRY, conv10: short, conv1_relu: ENTRY};
    expect([...matchSidecar(graph, sidecarOf(layers)).unmatched]).toEqual([
      ['conv1', 'the model has no layer of that name'],
      ['net', '2 layers have that name'],
      ['conv10', 'the layer of that name has not 1 channels'],
    ]);
    expect(() => matchSidecar(graph, sidecarOf({conv1: ENTRY}))).toThrow(
      /^sidecar: none of its 1 layers is in the model, whose layers are '.*conv1_relu/,
    );
  });
});

describe('checkSidecar', () => {
  const BAD: [unknown, string][] = [
    [3, "sidecar: its format is not 'tfjs-dfq-sidecar'"],
    [{format: 'tfjs-dfq-sidecar', version: 2}, 'sidecar: version 2 is not known; 1 is'],
    [sidecarOf({}), 'sidecar: it has no layers'],
    [sidecarOf({a: {beta: [1], gamma: []}}), "'a' has 1 beta and 0 gamma"],
    [sidecarOf({a: {beta: [NaN], gamma: [1]}}), "beta and gamma of 'a' must be lists of numbers"],
    [{...sidecarOf({}), layers: {a: {...ENTRY, aliases: 'b'}}}, "aliases of 'a' must be a list"],
  ];

  for (const [value, message] of BAD) {
    it(`refuses it: ${message}`, () => {
      expect(() => checkSidecar(value)).toThrow(DfqError);
      expect(() => checkSidecar(value)).toThrow(message);
    });
  }
});

describe('sidecar statistics', () => {
  const sidecar = sidecarOf({conv1_relu: ENTRY, lost: ENTRY});

  it('describe the layer and what follows, by the name of their source', async () => {
    const {plan, rewrites} = await run(sidecar, {statistics: 'sidecar'});
    const y = plan.statistics.get('net/conv1_relu/Relu6');
    expect(y?.source).toBe('sidecar');
    expect([...(y?.max ?? [])]).toEqual([6, 2, 6, 1.5]);
    expect(plan.statistics.get('net/conv10/Conv2D/BiasAdd')?.source ?? 'probe').toBe('probe');
    expect(rewrites.filter(({done}) => !done)).toEqual([
      {node: 'lost', done: false, text: 'the model has no layer of that name'},
    ]);
  });

  it('give way to none of the other sources alone', async () => {
    const source = async (statistics: PassOptions['statistics']) => {
      const {plan} = await run(sidecar, {statistics});
      return plan.statistics.get('net/conv1_relu/Relu6')?.source;
    };
    expect(await source('auto')).toBe('sidecar');
    expect(await source('probe')).toBe('probe');
    expect(await source('batch-norm')).toBe('probe');
  });

  it('leave a batch norm in the graph its say', async () => {
    const text = `x = Placeholder()
      conv1/Conv2D = Conv2D(x, ~3x3x2x4) ${CONV}
      bn = FusedBatchNormV3(conv1/Conv2D, ~4(0.5,2), ~4, ~4, ~4(0.5,2)) epsilon=0.001 is_training=false
      y = Relu(bn)
      return y`;
    const {plan, rewrites} = await run(sidecarOf({conv1: ENTRY}), {}, text);
    expect(plan.statistics.get('y')?.source).toBe('batch-norm');
    expect(rewrites.some(({text}) => text === 'its batch norm is in the graph')).toBe(true);
  });
});
