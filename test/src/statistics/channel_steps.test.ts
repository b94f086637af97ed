import * as tf from '@tensorflow/tfjs-core';
import type {Graph} from '../../../src/graph/graph.js';
import {exportModel} from '../../../src/graph/export_model.js';
import {withChannelSteps} from '../../../src/statistics/channel_steps.js';
import {onRunner} from '../../../src/statistics/run_graph.js';
import {graphOf, leakFree} from '../fixtures.js';

const LAYERS = `
  x = Placeholder()
  a = Conv2D(x, ~3x3x3x5) strides=[1 1 1 1] padding=SAME dilations=[1 1 1 1]
  ab = BiasAdd(a, ~5)
  ar = Relu(ab)
  ac = Minimum(ar, ~5(0.1,0.9))
  b = Conv2D(ac, ~1x1x5x8) strides=[1 1 1 1] padding=SAME dilations=[1 1 1 1]
  bb = BiasAdd(b, ~8)
  br = Relu6(bb)
  c = Conv2D(br, ~1x1x8x3) strides=[1 1 1 1] padding=SAME dilations=[1 1 1 1]
  cb = BiasAdd(c, ~3)
  s = AddV2(cb, x)
  d = Conv2D(s, ~1x1x3x4) strides=[1 1 1 1] padding=SAME dilations=[1 1 1 1]
  db = BiasAdd(d, ~4)
  dr = Relu(db)
  y = AddV2(db, dr)
  return y, ac`;

const SHAPES = {x: [1, 9, 11, 3]};

async function outputsOf(graph: Graph) {
  return onRunner(async () => {
    const model = await exportModel(graph);
    const x = tf.tensor(
      Float32Array.from({length: 297}, (_, i) => 3 * Math.sin(i * i)),
      SHAPES.x,
    );
    const outputs = [model.execute({x}, [...graph.outputs])].flat();
    const values = outputs.map(output => [...output.dataSync()]);
    tf.dispose([x, outputs]);
    model.dispose();
    return values;
  });
}

describe('withChannelSteps', () => {
  it('computes the same bits with one op behind each layer, and leaves no tensors', async () => {
    const graph = graphOf(LAYERS, SHAPES);
    const {graph: stepped, release} = withChannelSteps(graph);
    const names = stepped.nodes.filter(({op}) => op === 'DfqChannelSteps').map(({name}) => name);
    // `db` has two readers, so its chain ends there.
    expect(names.sort()).toEqual(['ac', 'br', 'cb', 'db']);
    const [wanted, got] = await leakFree(async () => [
      await outputsOf(graph),
      await outputsOf(stepped),
    ]);
    expect(got).toEqual(wanted);
    release();
  });

  it('shows what it computes inside', async () => {
    const graph = graphOf(LAYERS, SHAPES);
    const seen = new Map<string, readonly number[]>();
    const {
      graph: stepped,
      shown,
      release,
    } = withChannelSteps(graph, (ref, shape) => {
      seen.set(ref, shape);
      return undefined;
    });
    await outputsOf(stepped);
    release();
    expect([...seen.keys()].sort()).toEqual([...shown].sort());
    expect([...shown].sort()).toEqual(
      ['a', 'ab', 'ac', 'ar', 'b', 'bb', 'br', 'c', 'cb', 'd', 'db'].sort(),
    );
    expect(seen.get('ar')).toEqual([1, 9, 11, 5]);
  });

  it('leaves graphs with control flow alone', () => {
    const graph = graphOf(
      'x = Placeholder()\nenter = Enter(x) frame_name=f\ny = Exit(enter)\nreturn y',
    );
    expect(withChannelSteps(graph).graph).toBe(graph);
  });
});
