import {layerOf} from '../../../src/graph/layer.js';
import {PatchSampler} from '../../../src/statistics/patch_sampler.js';
import {runGraph} from '../../../src/statistics/run_graph.js';
import {probeInputs} from '../../../src/statistics/model_inputs.js';
import {graphOf} from '../fixtures.js';

const IMAGE = {x: [-1, 9, 7, 3]};

const WINDOWS = [
  'strides=[1 1 1 1] dilations=[1 1 1 1] padding=SAME',
  'strides=[1 2 2 1] dilations=[1 1 1 1] padding=SAME',
  'strides=[1 2 1 1] dilations=[1 1 1 1] padding=VALID',
  'strides=[1 1 1 1] dilations=[1 2 2 1] padding=SAME',
  'strides=[1 1 1 1] dilations=[1 1 1 1] padding=EXPLICIT explicit_paddings=[0 0 2 1 0 1 0 0]',
];

describe('PatchSampler', () => {
  for (const window of WINDOWS) {
    it(`reads what the layer multiplies: ${window}`, async () => {
      const graph = graphOf(
        `x = Placeholder()\ny = Conv2D(x, ~3x3x3x2) ${window}\nreturn y`,
        IMAGE,
      );
      const layer = layerOf(graph, graph.node('y'));
      if (layer === undefined) throw new Error('no layer');
      const {filter, outChannels} = layer;
      const products: number[] = [];
      let outputs: number[] = [];
      await runGraph(graph, [() => probeInputs(graph, 0, {})], ({ref, shape, values}) => {
        if (ref === 'y') outputs = Array.from(values());
        if (ref !== 'x') return;
        new PatchSampler(layer).forEach(values(), shape, patch => {
          for (let c = 0; c < outChannels; c++) {
            products.push(
              patch.reduce((sum, v, i) => sum + v * filter.values[i * outChannels + c], 0),
            );
          }
        });
      });
      expect(products.length).toBe(outputs.length);
      products.forEach((product, i) => expect(Math.abs(product - outputs[i])).toBeLessThan(1e-4));
    });
  }
});
