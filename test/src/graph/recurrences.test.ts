import {recurrences} from '../../../src/graph/recurrences.js';
import {graphOf} from '../fixtures.js';

/** Two steps that share U, the projection W before them and a layer V behind. */
const STEPS = `
  x = Placeholder()
  u = f32<2x2: 1 2 3 4>
  first = MatMul(x, f32<2x2: 1 0 0 1>)
  h0 = Tanh(first)
  m1 = MatMul(h0, u)
  z1 = AddV2(m1, first)
  h1 = Tanh(z1)
  m2 = MatMul(h1, u)
  h2 = Tanh(m2)
  y = MatMul(h2, f32<2x2: 1 0 0 1>)
  p = Sigmoid(y)
  return p`;

describe('recurrences', () => {
  it('are layers of one filter, each made of the one before', () => {
    const [found, ...others] = recurrences(graphOf(STEPS));
    expect(others).toEqual([]);
    expect(found.layers.map(({node}) => node.name)).toEqual(['m1', 'm2']);
  });

  it('carry their state up to other layers', () => {
    const [{carriers}] = recurrences(graphOf(STEPS));
    expect([...carriers].sort()).toEqual(['h0', 'h1', 'h2', 'z1']);
  });

  it('are not layers of one filter side by side', () => {
    const twins = `
      a = Placeholder()
      b = Placeholder()
      u = f32<2x2: 1 2 3 4>
      p = MatMul(a, u)
      q = MatMul(b, u)
      y = AddV2(p, q)
      return y`;
    expect(recurrences(graphOf(twins))).toEqual([]);
  });
});
