import type {GraphModel} from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import '../../../backend/index.js';
import {channelGroups} from '../../../src/graph/channel_groups.js';
import {channelSpread} from '../../../src/graph/channel_spread.js';
import {exportModel} from '../../../src/graph/export_model.js';
import type {Graph} from '../../../src/graph/graph.js';
import {importModel} from '../../../src/graph/import_model.js';
import {layersOf} from '../../../src/graph/layer.js';
import {canonicalize} from '../../../src/passes/canonicalize.js';
import {equalizeLayers} from '../../../src/passes/equalize_layers.js';
import {foldBatchNorm} from '../../../src/passes/fold_batch_norm.js';
import {pruneConstantChannels} from '../../../src/passes/prune_constant_channels.js';
import {scaleChannels} from '../../../src/passes/scale_channels.js';
import {traceShapes} from '../../../src/statistics/probe.js';
import {Random} from '../../backend/oracle/random.js';
import {contextOf} from '../fixtures.js';
import {inputsOf, load, names, run} from '../shared_models.js';

interface Subject {
  readonly graph: Graph;
  readonly context: ReturnType<typeof contextOf>;
  readonly inputs: () => tf.NamedTensorMap;
}

/** The model in the form that equalization finds. */
async function prepared(name: string): Promise<Subject> {
  const model = await load(name);
  const inputs = () => inputsOf(model);
  const graph = await importModel(model);
  model.dispose();
  const context = contextOf();
  await canonicalize.run(graph, context);
  await foldBatchNorm.run(graph, context);
  context.plan.shapes = await traceShapes(graph, {examples: inputs()});
  return {graph, context, inputs};
}

async function outputsOf({graph, inputs}: Pick<Subject, 'graph' | 'inputs'>) {
  const model: GraphModel = await exportModel(graph);
  const fed = inputs();
  const outputs = await run(model, fed);
  const values = outputs.map(output => Float64Array.from(output.dataSync()));
  tf.dispose([fed, outputs]);
  model.dispose();
  return values;
}

/** The largest deviation, relative to the largest magnitude of the output. */
function deviation(actual: readonly Float64Array[], expected: readonly Float64Array[]): number {
  const each = expected.map((values, i) => {
    const largest = values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
    const worst = values.reduce((most, v, j) => Math.max(most, Math.abs(actual[i][j] - v)), 0);
    return largest === 0 ? worst : worst / largest;
  });
  return Math.max(...each);
}

/** How far the outputs move when each constant is rounded once more: what float32 can tell apart. */
async function roundingNoise({graph, inputs}: Subject, before: readonly Float64Array[]) {
  const noisy = graph.clone();
  const random = new Random(5);
  for (const [name, constant] of graph.constants) {
    if (constant.dtype !== 'float32' || constant.values.length === 1) continue;
    const values = constant.values.map(v => v * (1 + (random.next() - 0.5) * 2 ** -22));
    noisy.setConstant(name, {...constant, encoding: undefined, values});
  }
  return deviation(await outputsOf({graph: noisy, inputs}), before);
}

/** Geometric mean over layers. */
function spreadOf(graph: Graph): number {
  const logs = layersOf(graph).map(layer => Math.log(channelSpread(layer)));
  return Math.exp(logs.reduce((sum, value) => sum + value, 0) / logs.length);
}

(names.length > 0 ? describe : describe.skip)(
  'equalization of the models of ../shared (skipped where it is absent)',
  () => {
    beforeAll(async () => {
      await tf.setBackend('int8');
    });

    for (const name of names) {
      it(`${name}: scales that are powers of two leave its outputs as they are`, async () => {
        const subject = await prepared(name);
        const {graph, context} = subject;
        const before = await outputsOf(subject);
        const groups = channelGroups(graph, context.plan.shapes);
        const random = new Random(3);
        const scales = Float64Array.from({length: groups.count}, (_, variable) =>
          variable === 0 ? 1 : 2 ** (Math.floor(random.next() * 9) - 4),
        );
        scaleChannels(graph, groups, scales, context);
        expect(groups.count).toBeGreaterThan(50);
        expect(deviation(await outputsOf(subject), before)).toBeLessThanOrEqual(1e-5);
      });

      it(`${name}: equalization keeps its outputs and evens its channels`, async () => {
        const subject = await prepared(name);
        const {graph, context} = subject;
        await pruneConstantChannels.run(graph, context);
        const before = await outputsOf(subject);
        const noise = await roundingNoise(subject, before);
        const uneven = spreadOf(graph);
        await equalizeLayers.run(graph, context);
        // Where the model itself amplifies the rounding of weights beyond 1e-5, so it does here.
        const tolerance = Math.max(1e-5, 4 * noise);
        expect(deviation(await outputsOf(subject), before)).toBeLessThanOrEqual(tolerance);
        expect(spreadOf(graph)).toBeLessThan(Math.max(uneven, 3));
      });
    }

    it('undoes what scrambling did', async () => {
      for (const scrambled of names.filter(name => name.endsWith('_scrambled'))) {
        const name = scrambled.replace(/_scrambled$/, '');
        const clean = names.find(known => known === name || known === `${name}_equalized`) ?? name;
        const spreads: number[] = [];
        for (const model of [clean, scrambled]) {
          const {graph, context} = await prepared(model);
          await equalizeLayers.run(graph, context);
          spreads.push(spreadOf(graph));
        }
        expect(Math.abs(spreads[1] / spreads[0] - 1)).toBeLessThan(0.02);
      }
    });
  },
);
