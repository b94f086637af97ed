import * as tf from '@tensorflow/tfjs-core';
import type {Graph} from '../../../src/graph/graph.js';
import {exportModel} from '../../../src/graph/export_model.js';
import {quantizeGraph} from '../../../src/quantize.js';
import type {QuantizeOptions} from '../../../src/options.js';
import {graphOf} from '../fixtures.js';

const STEPS = 12;

/** h′ = tanh(W x + U h) over the columns of x, and a layer behind the last step. */
function recurrentNet(): Graph {
  const steps = Array.from({length: STEPS}, (_, t) => {
    const x = t === 0 ? 'w' : `w:${t}`;
    if (t === 0) return `h0 = Tanh(${x})`;
    return `m${t} = MatMul(h${t - 1}, u)\nz${t} = AddV2(${x}, m${t})\nh${t} = Tanh(z${t})`;
  });
  return graphOf(
    `x = Placeholder()
     u = ~8x8(-0.6,0.6)
     all = MatMul(x, ~6x${8 * STEPS})
     i = i32<: 1>
     w = Split(i, all) num_split=${STEPS}
     ${steps.join('\n')}
     y = MatMul(h${STEPS - 1}, ~8x3)
     return y`,
    {x: [-1, 6]},
  );
}

async function quantized(options: QuantizeOptions = {}): Promise<Graph> {
  const model = await exportModel(recurrentNet());
  const {graph} = await quantizeGraph(model, options);
  model.dispose();
  return graph;
}

const matMuls = (graph: Graph) => graph.nodes.filter(({op}) => op === 'Int8MatMul');

describe('tie-steps', () => {
  beforeAll(async () => {
    await tf.setBackend('int8');
    await tf.setBackend('cpu');
  });

  it('makes all steps read the same constants', async () => {
    const steps = matMuls(await quantized()).filter(({name}) => /^m\d/.test(name));
    expect(steps.length).toBe(STEPS - 1);
    const constants = new Set(steps.map(({inputs}) => inputs.slice(1).join()));
    expect(constants.size).toBe(1);
  });

  it('gives them one grid to read the state on', async () => {
    const steps = matMuls(await quantized()).filter(({name}) => /^m\d/.test(name));
    const grids = steps.map(({attrs}) => [attrs['xScale'].f, attrs['xZeroPoint'].i].join());
    expect(new Set(grids).size).toBe(1);
  });

  it('keeps the state float, and nothing else', async () => {
    const {nodes} = await quantized();
    const ops = nodes.filter(({op}) => op !== 'Const').map(({op}) => op);
    expect(ops.filter(op => op === 'Tanh').length).toBe(STEPS);
    expect(ops.filter(op => op === 'Int8Lookup' || op === 'Int8Add')).toEqual([]);
    expect(ops.filter(op => op === 'MatMul')).toEqual([]);
  });

  it('can be switched off', async () => {
    const graph = await quantized({passes: {'tie-steps': false}});
    expect(graph.nodes.some(({op}) => op === 'Tanh')).toBe(false);
  });
});
