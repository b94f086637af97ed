/**
 * npx tsx bench/quantize.ts [MODEL.json [RUNS]]
 *
 * How long quantize takes, pass by pass. Without a model: MobileNetV2 1.0 224, as a network is trained, with
 * statistics from its batch norms, and as converters fold it, with statistics from the probe.
 */
import type {GraphModel} from '@tensorflow/tfjs-converter';
import {useBackend} from '../cli/backends.js';
import {loadGraph} from '../cli/models.js';
import {exportModel} from '../src/graph/export_model.js';
import * as dfq from '../src/index.js';
import {mobilenetV2} from './models/mobilenet_v2.js';
import {median} from './statistics.js';

/** Before the first pass, and after the last step that tells of itself. */
const IMPORT = 'import';

/** Seconds of each step of one quantization, in order. */
async function secondsBySteps(model: GraphModel) {
  const seconds = new Map<string, number>();
  let current = IMPORT;
  let since = performance.now();
  const enter = (step: string) => {
    const now = performance.now();
    seconds.set(current, (seconds.get(current) ?? 0) + (now - since) / 1000);
    [current, since] = [step, now];
  };
  const quantized = await dfq.quantize(model, {
    onProgress: ({step}) => {
      if (step !== current) enter(step);
    },
  });
  enter('');
  quantized.dispose();
  return seconds;
}

/** The first run compiles and warms up, as the one that a user waits for does. */
async function measure(model: GraphModel, count: number): Promise<void> {
  const runs: Map<string, number>[] = [];
  for (let i = 0; i < count; i++) runs.push(await secondsBySteps(model));
  const total = (run: ReadonlyMap<string, number>) => [...run.values()].reduce((a, b) => a + b, 0);
  const row = (name: string, pick: (run: ReadonlyMap<string, number>) => number) => {
    const all = runs.map(pick);
    const cells = [all[0], Math.min(...all), median(all)].map(s => s.toFixed(3).padStart(8));
    console.log(name.padEnd(26), ...cells);
  };
  console.log('seconds'.padEnd(26), ...['first', 'fastest', 'median'].map(s => s.padStart(8)));
  for (const step of runs[0]?.keys() ?? []) row(step, run => run.get(step) ?? 0);
  row('total', total);
}

async function measureMobilenetV2(count: number): Promise<void> {
  const model = await exportModel(mobilenetV2('batch-norm').graph);
  const folded = await dfq.rewrite(model);
  console.log('MobileNetV2 1.0 224, batch-norm statistics');
  await measure(model, count);
  console.log('\nMobileNetV2 1.0 224, probe statistics');
  await measure(folded, count);
}

async function main([location, runs = '3']: readonly string[]): Promise<void> {
  await useBackend('int8');
  if (location === undefined) await measureMobilenetV2(Number(runs));
  else await measure((await loadGraph(location)).model, Number(runs));
}

await main(process.argv.slice(2));
