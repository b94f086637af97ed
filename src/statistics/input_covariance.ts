import type {Graph} from '../graph/graph.js';
import type {Layer} from '../graph/layer.js';
import {PatchSampler} from './patch_sampler.js';
import {runGraph} from './run_graph.js';

/** Most weights of one output channel that are looked at together. */
const BLOCK = 768;

/** How the inputs of some weights of a layer vary together. */
export interface InputCovariance {
  /** The rows of the filter seen as [taps · inChannels, …]: tap · inChannels + channel. */
  readonly rows: Int32Array;
  /** E[(x − E x)(x − E x)ᵀ], [rows, rows]; the lower half alone. */
  readonly matrix: Float64Array;
}

/**
 * Covariance of what each layer multiplies its weights with, from samples of its patches. A depthwise layer
 * has one block for each channel; others have one, or several of whole channels where it would
 * be too large. What is known of several blocks together is left out.
 *
 * @returns by layer node
 */
export async function inputCovariances(
  graph: Graph,
  layers: readonly Layer[],
  inputs: Parameters<typeof runGraph>[1],
): Promise<Map<string, InputCovariance[]>> {
  const work = layers.map(layer => ({
    layer,
    sampler: new PatchSampler(layer),
    blocks: blocksOf(layer).map(rows => new CovarianceObserver(rows)),
  }));
  const refs = [...new Set(layers.map(({input}) => input))];
  const visit = ({ref, shape, values}: Parameters<Parameters<typeof runGraph>[2]>[0]) => {
    for (const {layer, sampler, blocks} of work) {
      if (layer.input !== ref) continue;
      sampler.forEach(values(), shape, patch => {
        for (const block of blocks) block.add(patch);
      });
    }
  };
  await runGraph(graph, inputs, visit, refs);
  return new Map(
    work.map(({layer, blocks}) => [layer.node.name, blocks.map(block => block.covariance())]),
  );
}

function blocksOf({kind, filter, inChannels, outChannels}: Layer): Int32Array[] {
  const isDepthwise = kind === 'depthwise';
  const taps = filter.values.length / outChannels / (isDepthwise ? 1 : inChannels);
  const most = isDepthwise ? 1 : Math.max(1, Math.floor(BLOCK / taps));
  const count = Math.ceil(inChannels / most);
  return Array.from({length: count}, (_, block) => {
    const from = Math.floor((block * inChannels) / count);
    const to = Math.floor(((block + 1) * inChannels) / count);
    return Int32Array.from({length: (to - from) * taps}, (__, i) => {
      const tap = i % taps;
      return tap * inChannels + from + (i - tap) / taps;
    });
  });
}

class CovarianceObserver {
  private readonly products: Float64Array;
  private readonly sums: Float64Array;
  private readonly values: Float64Array;
  private count = 0;

  constructor(private readonly rows: Int32Array) {
    const n = rows.length;
    this.products = new Float64Array(n * n);
    this.sums = new Float64Array(n);
    this.values = new Float64Array(n);
  }

  add(patch: Float32Array): void {
    const {rows, products, sums, values} = this;
    const n = rows.length;
    for (let i = 0; i < n; i++) {
      const x = (values[i] = patch[rows[i]]);
      if (x === 0) continue;
      sums[i] += x;
      for (let j = 0, at = i * n; j <= i; j++, at++) products[at] += x * values[j];
    }
    this.count++;
  }

  covariance(): InputCovariance {
    const {rows, products, sums, count} = this;
    const n = rows.length;
    const matrix = products.map((product, at) => {
      const [i, j] = [Math.floor(at / n), at % n];
      return j > i || count === 0 ? 0 : product / count - (sums[i] / count) * (sums[j] / count);
    });
    return {rows, matrix};
  }
}
