import {
  attributesOf,
  booleanAttr,
  float,
  literalsOf,
  numberAttr,
  numbersAttr,
  stringAttr,
  stringsAttr,
} from '../../../src/graph/attributes.js';
import {DfqError} from '../../../src/graph/dfq_error.js';
import {parse} from '../../../src/graph/parse.js';
import {print} from '../../../src/graph/print.js';
import {topologicalOrder} from '../../../src/graph/topological_order.js';
import {verify} from '../../../src/graph/verify.js';

describe('parse and print', () => {
  const TEXTS = [
    'x = Placeholder()\nreturn x',
    'x = Placeholder()\ny = Conv2D(x, f32<1x1x1x2: 1 -1.5>) strides=[1 1 1 1] padding=SAME\nreturn y',
    'x = Placeholder()\nc = f32<: 0.25>\na = Mul(x, c)\nb = Add(a, c, ^x)\nreturn b, a',
    'x = Placeholder()\ny = Split(i32<: 3>, x) num_split=2\nz = Sub(y, y:1)\nreturn z',
    'x = Placeholder()\ny = LeakyRelu(x) alpha=0.2 flag=true other=false n=3 whole=2.0\nreturn y',
    'x = Placeholder()\ny = Foo(x) names=[BiasAdd Relu] none=[]\nreturn y',
    'x = Placeholder()\ny = Slice(x, i32<0: >, i32<2: 1 -2>)\nreturn y',
  ];

  for (const text of TEXTS) {
    it(`read and write: ${text.split('\n')[1]}`, () => expect(print(parse(text))).toBe(text));
  }

  it('print producers first, whatever the order of the nodes', () => {
    const text = 'z = Neg(y)\ny = Relu(x)\nx = Placeholder()\nreturn z';
    expect(print(parse(text))).toBe('x = Placeholder()\ny = Relu(x)\nz = Neg(y)\nreturn z');
  });

  it('leave out the values of large constants', () => {
    const values = Array.from({length: 33}, (_, i) => i).join(' ');
    expect(print(parse(`x = Placeholder()\ny = Add(x, f32<33: ${values}>)\nreturn y`))).toBe(
      'x = Placeholder()\ny = Add(x, f32<33>)\nreturn y',
    );
  });

  const BAD: [string, string][] = [
    ['x = Placeholder()', 'the text does not end with a return line'],
    ['x = \nreturn x', "cannot read 'x ='"],
    ['x = Placeholder() a=\nreturn x', "cannot read 'a=' of 'x = Placeholder() a='"],
    ['x = Neg(q)\nreturn x', "'x' reads 'q', which the graph does not have"],
    ['x = Placeholder()\nreturn y', "the graph has no node 'y'"],
    ['c = f32<2>\nreturn c', "constant 'f32<2>' has no values"],
    ['c = f32<2: 1>\nreturn c', "constant 'c' has 1 values for shape [2]"],
    ['x = Placeholder()\nx = Neg(x)\nreturn x', "the graph has two nodes named 'x'"],
  ];

  for (const [text, message] of BAD) {
    it(`refuse: ${message}`, () => expect(() => parse(text)).toThrow(new DfqError(message)));
  }
});

describe('topologicalOrder', () => {
  it('does not follow the edge that closes a loop', () => {
    const graph = parse(`
      x = Placeholder()
      enter = Enter(x) frame_name=loop
      merge = Merge(enter, next)
      less = Less(merge, f32<: 9>)
      cond = LoopCond(less)
      switch = Switch(merge, cond)
      exit = Exit(switch)
      body = Add(switch:1, f32<: 1>)
      next = NextIteration(body)
      return exit`);
    const order = topologicalOrder(graph).map(({name}) => name);
    expect(order.length).toBe(graph.nodes.length);
    for (const node of graph.nodes) {
      for (const ref of node.inputs.map(input => input.split(':')[0])) {
        if (ref !== 'next') expect(order.indexOf(ref)).toBeLessThan(order.indexOf(node.name));
      }
    }
  });

  it('finds any other cycle', () => {
    expect(() => parse('a = Neg(c)\nb = Neg(a)\nc = Neg(b)\nreturn c')).toThrow(
      new DfqError("the graph has a cycle through 'a'"),
    );
  });

  it('goes through graphs that are deeper than the call stack', () => {
    const depth = 20_000;
    const chain = Array.from({length: depth}, (_, i) => `n${i + 1} = Neg(n${i})`).reverse();
    const graph = parse([...chain, 'n0 = Placeholder()', `return n${depth}`].join('\n'));
    expect(topologicalOrder(graph).at(-1)?.name).toBe(`n${depth}`);
  });
});

describe('verify', () => {
  it('misses constants and outputs', () => {
    const graph = parse('x = Placeholder()\ny = Add(x, f32<1: 1>)\nreturn y');
    const constant = graph.node('y').inputs[1];
    graph.replace({...graph.node(constant), name: 'y'});
    expect(() => verify(graph)).toThrow(new DfqError("constant 'y' has no value"));
    graph.remove('y');
    expect(() => verify(graph)).toThrow(new DfqError("the graph has no node 'y'"));
  });
});

describe('attributes', () => {
  it('are read from both forms that numbers take in JSON', () => {
    const attrs = {i: {i: '7'}, n: {i: 7}, f: {f: 0.5}, l: {list: {i: ['1', 2]}}, e: {list: {}}};
    expect(['i', 'n', 'f', 'q'].map(name => numberAttr(attrs, name, -1))).toEqual([7, 7, 0.5, -1]);
    expect(numbersAttr(attrs, 'l', [])).toEqual([1, 2]);
    expect(numbersAttr(attrs, 'e', [4])).toEqual([4]);
    expect(booleanAttr({b: {b: false}}, 'b', true)).toBe(false);
    expect(booleanAttr({}, 'b', true)).toBe(true);
  });

  it('hold text as base64, or as bytes', () => {
    for (const text of ['', 'N', 'NH', 'NHW', 'NHWC', 'SAME_LOWER']) {
      const attrs = attributesOf({t: text, l: [text, 'x']});
      expect(attrs['t'].s).toBe(Buffer.from(text).toString('base64'));
      expect(stringAttr(attrs, 't', '?')).toBe(text);
      expect(stringsAttr(attrs, 'l')).toEqual([text, 'x']);
      expect(stringAttr({t: {s: [...Buffer.from(text)]}}, 't', '?')).toBe(text);
    }
    expect(stringAttr({}, 't', 'fallback')).toBe('fallback');
  });

  it('tell whole floats from integers', () => {
    const attrs = attributesOf({a: 2, b: float(2), c: 0.5, d: [1, 2], e: [1, 0.5], f: true});
    expect(attrs).toEqual({
      a: {i: 2},
      b: {f: 2},
      c: {f: 0.5},
      d: {list: {i: [1, 2]}},
      e: {list: {f: [1, 0.5]}},
      f: {b: true},
    });
    expect(literalsOf({...attrs, shape: {shape: {dim: []}}, T: {type: 'DT_FLOAT'}})).toEqual({
      a: 2,
      b: float(2),
      c: float(0.5),
      d: [1, 2],
      e: [1, 0.5],
      f: true,
    });
  });
});
