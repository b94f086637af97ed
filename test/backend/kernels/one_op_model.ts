import {loadGraphModelSync} from '@tensorflow/tfjs-converter';
import {INT8_OPERANDS, type Int8Attrs, type Int8Op} from '../../../src/ops.js';

type GraphModelSync = ReturnType<typeof loadGraphModelSync>;

/** An attribute as GraphDef has it: scales as floats, other numbers as integers in text. */
function attrValue(name: string, value: unknown): object {
  if (typeof value === 'boolean') return {b: value};
  if (typeof value === 'string') return {s: btoa(value)};
  if (Array.isArray(value)) return {list: value.length ? {i: value.map(String)} : {}};
  return name.endsWith('Scale') ? {f: value} : {i: String(value)};
}

/** GraphDef attributes from typed ones. */
export function graphAttrs(attrs: object): Record<string, object> {
  return Object.fromEntries(
    Object.entries(attrs).map(([name, value]) => [name, attrValue(name, value)]),
  );
}

/** A GraphModel of one node 'y', all of whose inputs are fed. */
export function nodeModel(
  op: string,
  inputs: readonly string[],
  attr: Record<string, object>,
): GraphModelSync {
  const placeholders = inputs.map(name => ({
    name,
    op: 'Placeholder',
    attr: {shape: {shape: {unknownRank: true}}},
  }));
  return loadGraphModelSync({
    modelTopology: {
      node: [...placeholders, {name: 'y', op, input: [...inputs], attr}],
      library: {},
      versions: {producer: 1},
    },
    weightSpecs: [],
    weightData: new ArrayBuffer(0),
  });
}

/** As the lowering pass writes an int8 op. */
export function oneOpModel<Op extends Int8Op>(
  op: Op,
  operandNames: readonly string[],
  attrs: Int8Attrs[Op],
): GraphModelSync {
  const inputs = INT8_OPERANDS[op]
    .map(name => name.replace('?', ''))
    .filter(name => operandNames.includes(name));
  return nodeModel(op, inputs, graphAttrs(attrs));
}
