import {attributesOf} from '../../../src/graph/attributes.js';
import {floatConstant} from '../../../src/graph/constant.js';
import {DfqError} from '../../../src/graph/dfq_error.js';
import {Graph, type Node, parseRef, refOf} from '../../../src/graph/graph.js';
import {parse} from '../../../src/graph/parse.js';
import {print} from '../../../src/graph/print.js';

function op(name: string, kind: string, ...inputs: string[]): Node {
  return {name, op: kind, inputs, attrs: {}};
}

/** Lines without their indentation. */
function lines(text: string): string {
  return text.trim().replace(/\n\s+/g, '\n');
}

const CHAIN = `
  x = Placeholder()
  y = Relu(x)
  z = Neg(y)
  return z`;

describe('tensor references', () => {
  it('name a node, an output, or a control edge', () => {
    expect(parseRef('a/b')).toEqual({node: 'a/b', index: 0, control: false});
    expect(parseRef('a:2')).toEqual({node: 'a', index: 2, control: false});
    expect(parseRef('^a')).toEqual({node: 'a', index: 0, control: true});
    expect(parseRef('body:output:1')).toEqual({node: 'body', index: 1, control: false});
    expect([refOf('a'), refOf('a', 0), refOf('a', 3)]).toEqual(['a', 'a', 'a:3']);
  });
});

describe('Graph', () => {
  it('refuses a second node of the same name, and a name it does not have', () => {
    const graph = parse(CHAIN);
    expect(() => graph.add(op('y', 'Neg', 'x'))).toThrow(
      new DfqError("the graph has two nodes named 'y'"),
    );
    for (const use of [() => graph.node('q'), () => graph.replace(op('q', 'Neg', 'x'))]) {
      expect(use).toThrow(new DfqError("the graph has no node 'q'"));
    }
  });

  it('counts a user once, and control edges too', () => {
    const graph = parse(CHAIN);
    graph.add(op('w', 'Mul', 'y', 'y', '^x'));
    expect(graph.users('y').map(({name}) => name)).toEqual(['z', 'w']);
    expect(graph.users('x').map(({name}) => name)).toEqual(['y', 'w']);
    expect(graph.users('w')).toEqual([]);
  });

  it('has a sole user only where one node reads a tensor once, through data, unseen from outside', () => {
    expect(parse(CHAIN).soleUser('y')?.name).toBe('z');
    const returned = parse('x = Placeholder()\ny = Relu(x)\nz = Neg(y)\nreturn y, z');
    expect(returned.soleUser('y')).toBeUndefined();
    const twice = parse('x = Placeholder()\ny = Relu(x)\nz = Mul(y, y)\nreturn z');
    expect(twice.soleUser('y')).toBeUndefined();
    const control = parse('x = Placeholder()\ny = Relu(x)\nz = Neg(x, ^y)\nreturn z');
    expect(control.soleUser('y')).toBeUndefined();
  });

  it('inserts behind a node, for all its readers', () => {
    const graph = parse('x = Placeholder()\ny = Relu(x)\na = Neg(y)\nb = Abs(y, ^y)\nreturn a, b');
    expect(graph.insertAfter('y', op('n', 'Exp', 'y'))).toEqual({producer: 'y', inserted: 'n'});
    expect(print(graph)).toBe(
      lines(`
      x = Placeholder()
      y = Relu(x)
      n = Exp(y)
      a = Neg(n)
      b = Abs(n, ^n)
      return a, b`),
    );
  });

  it('inserts behind an output under the name of the output', () => {
    const graph = parse('x = Placeholder()\ny = Relu(x)\na = Neg(y)\nreturn y, a');
    expect(graph.insertAfter('y', op('n', 'Exp', 'y'))).toEqual({
      producer: 'y/inner',
      inserted: 'y',
    });
    expect(print(graph)).toBe(
      lines(`
      x = Placeholder()
      y/inner = Relu(x)
      y = Exp(y/inner)
      a = Neg(y)
      return y, a`),
    );
  });

  it('keeps further outputs of a node that lends its name to another', () => {
    const graph = parse(
      'x = Placeholder()\ny = Split(i32<: 3>, x) num_split=2\na = Neg(y:1)\nreturn y, a',
    );
    graph.insertAfter('y', op('n', 'Exp', 'y'));
    expect(graph.node('a').inputs).toEqual(['y/inner:1']);
  });

  it('bypasses a node', () => {
    const graph = parse(
      'x = Placeholder()\ny = Identity(x)\nz = Add(y, y)\nw = Neg(z, ^y)\nreturn w',
    );
    graph.bypass('y');
    expect(print(graph)).toBe('x = Placeholder()\nz = Add(x, x)\nw = Neg(z, ^x)\nreturn w');
    expect(() => graph.bypass('w')).toThrow(new DfqError("'w' is an output of the model"));
  });

  it('gives each reader of a shared constant its own when one changes it', () => {
    const graph = parse(
      'x = Placeholder()\nc = f32<2: 1 2>\na = Add(x, c)\nb = Mul(a, c)\nreturn b',
    );
    const a = graph.setConstantInput(graph.node('a'), 1, floatConstant([5, 6]));
    expect(a.inputs).toEqual(['x', 'a/c']);
    expect(print(graph)).toBe(
      lines(`
      x = Placeholder()
      a = Add(x, f32<2: 5 6>)
      b = Mul(a, f32<2: 1 2>)
      return b`),
    );
    graph.setConstantInput(graph.node('b'), 1, floatConstant([7]));
    expect(graph.node('b').inputs).toEqual(['a', 'c']); // now its own: changed in place
    expect(graph.constants.get('c')?.values).toEqual(Float32Array.of(7));
  });

  it('does not change a constant that the model returns', () => {
    const graph = parse('x = Placeholder()\nc = f32<1: 1>\na = Add(x, c)\nreturn a, c');
    graph.setConstantInput(graph.node('a'), 1, floatConstant([9]));
    expect(graph.constants.get('c')?.values).toEqual(Float32Array.of(1));
  });

  it('declares the dtype and shape of a constant', () => {
    const graph = parse(CHAIN);
    const name = graph.addConstant('y', floatConstant([1, 2], [2, 1]));
    expect(name).toBe('y_1'); // 'y' is taken
    expect(graph.node(name).attrs).toEqual({
      dtype: {type: 'DT_FLOAT'},
      value: {tensor: {dtype: 'DT_FLOAT', tensorShape: {dim: [{size: '2'}, {size: '1'}]}}},
    });
  });

  it('removes what no output needs, but no input', () => {
    const graph = parse(
      'x = Placeholder()\nu = Placeholder()\nd = Neg(x)\ne = Add(d, f32<1: 1>)\ny = Relu(x, ^k)\nk = NoOp()\nreturn y',
    );
    graph.removeUnused();
    expect(graph.nodes.map(({name}) => name).sort()).toEqual(['k', 'u', 'x', 'y']);
    expect(graph.constants.size).toBe(0);
  });

  it('clones without sharing', () => {
    const graph = parse(CHAIN);
    const copy = graph.clone();
    copy.replace({...copy.node('y'), op: 'Abs', attrs: attributesOf({a: 1})});
    expect(print(graph)).toBe(lines(CHAIN));
    expect(copy.node('y').op).toBe('Abs');
  });

  it('keeps all nodes of a graph made by hand', () => {
    const nodes = [op('x', 'Placeholder'), op('y', 'Neg', 'x')];
    const graph = new Graph(nodes, [], {inputs: ['x'], outputs: ['y']});
    expect(graph.nodes).toEqual(nodes);
    expect(graph.producer(graph.node('y'), 0)?.name).toBe('x');
    expect(graph.producer(graph.node('y'), 1)).toBeUndefined();
  });
});
