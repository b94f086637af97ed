import * as tf from '@tensorflow/tfjs-core';
import {importModel} from '../../src/graph/import_model.js';
import {runPasses} from '../../src/quantize.js';
import {simulateGraph, type SimulateOptions} from '../../src/simulate.js';
import {randomTensor} from './fixtures.js';
import {lockstep} from './lockstep.js';
import {load, names} from './shared_models.js';

/** A classifier with residual sums; one probe image is enough to have ranges. */
const CASES: {name: string; shape: number[]; tensors: number; options: SimulateOptions}[] = [
  {
    name: 'mobilenet_v2_cifar',
    shape: [1, 32, 32, 3],
    tensors: 60,
    options: {statistics: 'batch-norm'},
  },
];

describe('simulations of real models', () => {
  for (const {name, shape, tensors, options} of CASES) {
    const title = `every tensor of ${name} is that of the int8 model, to ±1 step`;
    if (!names.includes(name)) {
      it.skip(`${title} (../shared/models/${name} is absent)`, () => undefined);
      continue;
    }
    it(title, async () => {
      await tf.setBackend('int8');
      const model = await load(name);
      const {graph: int8, result} = await runPasses(model, options);
      const {graph} = await simulateGraph(await importModel(model), options);
      const input = model.inputs[0].name.split(':')[0];
      const x = randomTensor(shape, 3, -1, 1);
      const found = await lockstep(int8, graph, result.plan.activations, {[input]: x});
      expect(found.length).toBeGreaterThan(tensors);
      expect(found.filter(({steps}) => steps > 1)).toEqual([]);
      // Means of a few whole numbers often are halves, which float32 may take for less; others hardly ever.
      const limitOf = (tensor: string) => (tensor.endsWith('/Mean') ? 0.01 : 0.002);
      expect(found.filter(({name, unequal}) => unequal > limitOf(name))).toEqual([]);
      x.dispose();
      model.dispose();
    });
  }
});
