/**
 * npx tsx bench/layers.ts FOLDER: where the time of one inference goes.
 *
 * FOLDER holds a model that `dfq quantize` has written. Every call of a microkernel is timed, the fastest of many
 * inferences counts, and lines are sorted by what the call loses against a bare loop of dot products.
 */
import * as tf from '@tensorflow/tfjs-core';
import '../backend/index.js';
import {Int8Backend} from '../backend/int8_backend.js';
import type {ConvGeometry, Microkernels, PackedFilter} from '../backend/microkernels.js';
import {hasExactDot} from '../backend/simd_binary.js';
import {loadGraph} from '../cli/models.js';
import {dotCeiling} from './microkernels/ceiling.js';
import {CEILING_MACS} from './microkernels/ceiling_loop.js';
import {bestSeconds} from './microkernels/measure.js';

const INFERENCES = 60;

interface Call {
  label: string;
  macs: number;
  seconds: number;
}

/** Microkernels without multiply-accumulates to speak of. */
const PLAIN = [
  'copy',
  'quantize',
  'dequantize',
  'lookup',
  'prelu',
  'add',
  'mul',
  'maximum',
  'minimum',
  'maxPool',
  'avgPool',
  'mean',
  'resize',
  'softmax',
] as const;

type Work = Pick<Call, 'label' | 'macs'>;

/** The calls of one inference, in order; later inferences lower the times of the first. */
class Timer {
  private readonly calls: Call[] = [];
  private next = 0;

  begin(): void {
    this.next = 0;
  }

  time(work: Work, run: () => void): void {
    const start = performance.now();
    run();
    const seconds = (performance.now() - start) / 1000;
    const call = (this.calls[this.next++] ??= {...work, seconds});
    call.seconds = Math.min(call.seconds, seconds);
  }

  get results(): readonly Call[] {
    return this.calls;
  }
}

function convolution(name: string, g: ConvGeometry, depth: number): Work {
  const {inChannels, outChannels, filterHeight, filterWidth, outHeight, outWidth} = g;
  const stride = g.strideWidth === 1 ? '' : ` /${g.strideWidth}`;
  const channels = inChannels === outChannels ? inChannels : `${inChannels} → ${outChannels}`;
  return {
    label: `${name} ${filterHeight}×${filterWidth} ${channels} at ${outHeight}×${outWidth}${stride}`,
    macs: g.batch * outHeight * outWidth * outChannels * depth,
  };
}

type Loop = (...blocks: unknown[]) => void;

/** Makes every microkernel report to `timer`. */
function observe(kernels: Microkernels, timer: Timer): void {
  const weightsOf = new WeakMap<PackedFilter, number>();
  const {packConv2D, conv2D, depthwiseConv2D, matMul} = kernels;
  const timed = (work: Work, loop: Loop): Loop => {
    return (...blocks) => timer.time(work, () => loop(...blocks));
  };
  const plain = PLAIN.map(name => {
    const make = kernels[name] as (...parameters: unknown[]) => Loop;
    const observed = (...parameters: unknown[]) =>
      timed({label: name, macs: 0}, make(...parameters));
    return [name, observed] as const;
  });
  Object.assign(kernels, Object.fromEntries(plain), {
    packConv2D(spec) {
      const filter = packConv2D(spec);
      weightsOf.set(filter, spec.values.length);
      return filter;
    },
    conv2D(filter, g) {
      const depth = g.filterHeight * g.filterWidth * g.inChannels;
      return timed(convolution('conv', g, depth), conv2D(filter, g) as Loop);
    },
    depthwiseConv2D(filter, g) {
      const depth = g.filterHeight * g.filterWidth;
      return timed(convolution('depthwise', g, depth), depthwiseConv2D(filter, g) as Loop);
    },
    matMul(filter, rows) {
      const macs = rows * (weightsOf.get(filter) ?? 0);
      return timed({label: `matmul, ${rows} rows`, macs}, matMul(filter, rows) as Loop);
    },
  } satisfies Partial<Microkernels>);
}

function randomInput(shape: number[]): tf.Tensor {
  return tf.randomUniform(
    shape.map(size => Math.max(size, 1)),
    -1,
    1,
    'float32',
    1,
  );
}

const {model} = await loadGraph(process.argv[2]);
await tf.setBackend('int8');
const backend = tf.backend();
if (!(backend instanceof Int8Backend)) throw new Error('the int8 backend does not run');
const timer = new Timer();
observe(backend.microkernels, timer);
const input = randomInput(model.inputs[0].shape ?? []);
let whole = Infinity;
for (let i = 0; i < INFERENCES; i++) {
  timer.begin();
  const start = performance.now();
  const y = model.predict(input) as tf.Tensor;
  y.dataSync();
  whole = Math.min(whole, performance.now() - start);
  y.dispose();
}

if (timer.results.length === 0)
  throw new Error('the model has no int8 ops; quantize it first: dfq quantize');
const peak = CEILING_MACS / bestSeconds(await dotCeiling(hasExactDot()))[0];
const lines = timer.results.map(call => ({...call, lost: call.seconds - call.macs / peak}));
const kernelSeconds = lines.reduce((sum, {seconds}) => sum + seconds, 0);
const macs = lines.reduce((sum, line) => sum + line.macs, 0);
const ms = (seconds: number) => (seconds * 1000).toFixed(3).padStart(8);
console.log(`${'layer'.padEnd(44)}      ms     lost   GMAC/s  % of the ceiling`);
for (const line of lines.sort((a, b) => b.lost - a.lost)) {
  const speed = line.macs / line.seconds;
  const rates = line.macs
    ? [`${(speed / 1e9).toFixed(1)}`, `${((100 * speed) / peak).toFixed(0)} %`]
    : [];
  console.log(
    line.label.padEnd(42),
    ms(line.seconds),
    ms(line.lost),
    ...rates.map(rate => rate.padStart(8)),
  );
}
console.log(
  `${(macs / 1e6).toFixed(0)} M MACs: kernels ${ms(kernelSeconds)} ms, whole inference ${whole.toFixed(2)} ms;`,
  `at the ceiling of ${(peak / 1e9).toFixed(1)} GMAC/s ${ms(macs / peak)} ms`,
);
