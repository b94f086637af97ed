import {floatConstant, int8Constant, intConstant} from '../../../src/graph/constant.js';
import {print} from '../../../src/graph/print.js';
import {shareConstants} from '../../../src/graph/share_constants.js';
import {graphOf} from '../fixtures.js';

describe('shareConstants', () => {
  it('leaves one of each value', () => {
    const graph = graphOf(`
      x = Placeholder()
      y = Mul(x, f32<2: 1 2>)
      z = AddV2(y, f32<2: 1 2>)
      w = AddV2(z, f32<2: 1 3>)
      return w`);
    shareConstants(graph);
    expect(graph.constants.size).toBe(2);
    expect(graph.node('z').inputs[1]).toBe(graph.node('y').inputs[1]);
    expect(graph.node('w').inputs[1]).not.toBe(graph.node('y').inputs[1]);
  });

  it.each([
    ['dtypes', floatConstant([0, 0]), intConstant([0, 0])],
    ['shapes', floatConstant([1, 2], [2, 1]), floatConstant([1, 2], [1, 2])],
    ['signs of zero', floatConstant([0]), floatConstant([-0])],
    ['widths on disk', intConstant([1]), int8Constant([1])],
  ])('tells %s apart', (_, a, b) => {
    const graph = graphOf('x = Placeholder()\ny = Relu(x)\nreturn y');
    const inputs = [graph.addConstant('a', a), graph.addConstant('b', b)];
    graph.replace({...graph.node('y'), inputs: ['x', ...inputs]});
    shareConstants(graph);
    expect(graph.node('y').inputs).toEqual(['x', 'a', 'b']);
  });

  it('keeps the name of what the model returns', () => {
    const graph = graphOf('x = Placeholder()\ny = Mul(x, f32<1: 5>)\nc = f32<1: 5>\nreturn y, c');
    const before = print(graph);
    shareConstants(graph);
    expect(print(graph)).toBe(before);
  });
});
