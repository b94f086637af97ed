import {compositeHeads, compositeOf} from '../../../src/passes/unary_functions.js';
import {graphOf} from '../fixtures.js';

const compose = (lines: string) =>
  compositeOf(graphOf(`x = Placeholder()\n${lines}\nreturn y`), 'y');

describe('compositeOf', () => {
  const EXACT: [string, (x: number) => number][] = [
    ['y = Relu(x)', x => Math.max(x, 0)],
    ['y = Relu6(x)', x => Math.min(Math.max(x, 0), 6)],
    ['y = LeakyRelu(x) alpha=0.25', x => (x < 0 ? x / 4 : x)],
    ['y = Elu(x)', x => (x < 0 ? Math.expm1(x) : x)],
    ['y = Selu(x)', x => 1.0507009873554805 * (x < 0 ? 1.6732632423543772 * Math.expm1(x) : x)],
    ['y = Sigmoid(x)', x => 1 / (1 + Math.exp(-x))],
    ['y = Tanh(x)', Math.tanh],
    ['y = Softplus(x)', x => Math.log1p(Math.exp(x))],
    ['y = Softsign(x)', x => x / (1 + Math.abs(x))],
    ['y = Exp(x)', Math.exp],
    ['y = Square(x)', x => x * x],
    ['y = Abs(x)', Math.abs],
    ['y = Neg(x)', x => -x],
    ['y = ClipByValue(x, f32<: -0.5>, f32<: 1.5>)', x => Math.min(Math.max(x, -0.5), 1.5)],
    ['y = Sub(f32<: 1>, x)', x => 1 - x],
    ['y = Sub(x, f32<1: 1>)', x => x - 1],
    ['y = RealDiv(f32<: 1>, x)', x => 1 / x],
    ['y = Maximum(x, f32<: 0.5>)', x => Math.max(x, 0.5)],
    ['s = Sigmoid(x)\ny = Mul(x, s)', x => x / (1 + Math.exp(-x))],
    [
      'a = AddV2(x, f32<: 3>)\nb = Relu6(a)\nc = Mul(x, b)\ny = RealDiv(c, f32<: 6>)',
      x => (x * Math.min(Math.max(x + 3, 0), 6)) / 6,
    ],
    [
      'a = AddV2(x, f32<: 3>)\nb = Relu6(a)\ny = Mul(b, f32<: 0.1666666667>)',
      x => Math.min(Math.max(x + 3, 0), 6) * Math.fround(0.1666666667),
    ],
    ['p = Softplus(x)\nt = Tanh(p)\ny = Mul(x, t)', x => x * Math.tanh(Math.log1p(Math.exp(x)))],
  ];

  for (const [lines, expected] of EXACT) {
    it(`computes ${lines.replace(/\n/g, '; ')}`, () => {
      const {root, apply} = compose(lines);
      expect(root).toBe('x');
      for (let x = -8; x <= 8; x += 0.173) {
        const want = expected(x);
        expect(Math.abs(apply(x) - want)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(want)));
      }
    });
  }

  it('names its steps', () => {
    const {description, members} = compose('s = Sigmoid(x)\ny = Mul(x, s)');
    expect(description).toBe('Sigmoid·Mul');
    expect([...members].sort()).toEqual(['s', 'y']);
  });

  it('ends at what is no function of one variable', () => {
    for (const lines of [
      'y = Mul(x, f32<2: 1 2>)',
      'h = Placeholder()\ny = ClipByValue(x, f32<: 0>, h)',
      'y = Conv2D(x, f32<1x1x1x1: 1>)',
      'z = Conv2D(x, f32<1x1x1x1: 1>)\ny = Mul(x, z)',
    ]) {
      expect(compose(lines)).toMatchObject({root: 'y', description: ''});
    }
    const split = graphOf('x = Placeholder()\ny = Split(i32<: 3>, x) num_split=2\nreturn y');
    expect(compositeOf(split, 'y:1').root).toBe('y:1');
  });

  it('ends where it is told to', () => {
    const graph = graphOf('x = Placeholder()\na = Abs(x)\ny = Neg(a)\nreturn y');
    expect(compositeOf(graph, 'y', ref => ref === 'a').root).toBe('a');
  });
});

describe('compositeHeads', () => {
  it('are what others read', () => {
    const graph = graphOf(`
      x = Placeholder()
      s = Sigmoid(x)
      m = Mul(x, s)
      r = Relu(x)
      c = Conv2D(m, f32<1x1x1x1: 1>)
      d = Conv2D(s, f32<1x1x1x1: 1>)
      return c, d, r`);
    expect([...compositeHeads(graph, 'x')].sort()).toEqual(['m', 'r', 's']);
  });
});
