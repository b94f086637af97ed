import * as tf from '@tensorflow/tfjs-core';
import {probe, traceShapes} from '../../../src/statistics/probe.js';
import {observableRefs, runGraph} from '../../../src/statistics/run_graph.js';
import {errorOf, graphOf, leakFree} from '../fixtures.js';

const LOOP = `
  x = Placeholder()
  r = Relu(x)
  enter = Enter(r) frame_name=loop
  merge = Merge(enter, next)
  sum = Sum(merge, i32<1: 0>)
  less = Less(sum, f32<: 9>)
  cond = LoopCond(less)
  switch = Switch(merge, cond)
  body = AddV2(switch:1, f32<1: 1>)
  next = NextIteration(body)
  exit = Exit(switch)
  y = Neg(exit)
  return y`;

describe('observableRefs', () => {
  it('leave out constants, and what a loop computes many times', () => {
    const refs = observableRefs(graphOf(LOOP));
    expect(refs.sort()).toEqual(['exit', 'r', 'x', 'y']);
  });

  it('leave out what a branch may not compute, and join again behind it', () => {
    const refs = observableRefs(
      graphOf(`
      x = Placeholder()
      p = Placeholder()
      s = Switch(x, p)
      a = Neg(s)
      b = Relu(s:1)
      m = Merge(a, b)
      y = Abs(m)
      return y`),
    );
    expect(refs.sort()).toEqual(['m', 'p', 'x', 'y']);
  });

  it('have all outputs of an op that are read', () => {
    const refs = observableRefs(
      graphOf('x = Placeholder()\ns = Split(i32<: 0>, x) num_split=2\ny = Sub(s, s:1)\nreturn y'),
    );
    expect(refs.sort()).toEqual(['s', 's:1', 'x', 'y']);
  });
});

describe('runGraph', () => {
  beforeAll(async () => {
    await tf.setBackend('int8');
    await tf.setBackend('cpu');
  });

  it('shows every tensor of every run, and leaves nothing behind', async () => {
    const graph = graphOf('x = Placeholder()\ny = Neg(x)\nreturn y', {x: [2]});
    const seen: [string, number[]][] = [];
    const inputs = [1, 5].map(first => () => ({x: tf.tensor1d([first, 2])}));
    await leakFree(() =>
      runGraph(graph, inputs, ({ref, values}) => seen.push([ref, Array.from(values())])),
    );
    expect(seen).toEqual([
      ['x', [1, 2]],
      ['y', [-1, -2]],
      ['x', [5, 2]],
      ['y', [-5, -2]],
    ]);
    expect(tf.getBackend()).toBe('cpu');
  });

  it('cleans up and goes back when the graph fails', async () => {
    const graph = graphOf('x = Placeholder()\ny = FooBar(x)\nreturn y', {x: [2]});
    const error = await leakFree(() =>
      errorOf(runGraph(graph, [() => ({x: tf.zeros([2])})], () => undefined)),
    );
    expect(error.message).toContain("'x' [2]");
    expect(tf.getBackend()).toBe('cpu');
  });

  it('runs loops', async () => {
    const shapes = await leakFree(() => traceShapes(graphOf(LOOP, {x: [4]}), {}));
    expect(shapes.get('y')).toEqual([4]);
  });
});

describe('probe', () => {
  it('measures float tensors with channels', async () => {
    const graph = graphOf('x = Placeholder()\ny = Relu(x)\nreturn y', {x: [-1, 300]});
    const done: number[] = [];
    const {shapes, statistics} = await leakFree(() =>
      probe(graph, {}, 16, {onSample: n => void done.push(n)}),
    );
    expect(shapes.get('x')).toEqual([1, 300]);
    const [x, y] = ['x', 'y'].map(ref => statistics.get(ref));
    expect(x?.mean.length).toBe(300);
    expect(y?.min.every(v => v >= 0)).toBe(true);
    expect(y?.max.every((v, c) => v === Math.max(0, x?.max[c] ?? NaN))).toBe(true);
    expect(y?.histogram).toBe(undefined);
    expect(done).toEqual(Array.from({length: 16}, (_, i) => i + 1));
  });

  it('measures only what is asked for', async () => {
    const graph = graphOf('x = Placeholder()\ny = Relu(x)\nreturn y', {x: [-1, 300]});
    const {shapes, statistics} = await probe(graph, {}, 1, {
      refs: new Set(['y']),
      histogram: true,
    });
    expect([...shapes.keys()]).toEqual(['x', 'y']);
    expect([...statistics.keys()]).toEqual(['y']);
    expect(statistics.get('y')?.histogram?.counts.some(count => count > 0)).toBe(true);
  });
});
