import {type AttrLiteral, attributesOf, float} from './attributes.js';
import {type Constant, floatConstant, intConstant} from './constant.js';
import {DfqError} from './dfq_error.js';
import {Graph, type Node, parseRef} from './graph.js';
import {verify} from './verify.js';

const LINE = /^(\S+) = (?:(\w+)\((.*)\)(.*)|((?:f32|i32)<.*>))$/;
const OPERAND = /\s*((?:f32|i32)<[^>]*>|[^,\s]+)\s*(?:,|$)/y;
const ATTRIBUTE = /\s+(\w+)=(\[[^\]]*\]|\S+)/y;

/**
 * Reads the text form that {@link print} writes; for tests and examples.
 *
 * @throws DfqError with the line at fault
 */
export function parse(text: string): Graph {
  const nodes: Node[] = [];
  const constants = new Map<string, Constant>();
  let outputs: string[] | undefined;
  for (const line of text
    .split('\n')
    .map(l => l.trim())
    .filter(l => l !== '')) {
    if (line.startsWith('return '))
      outputs = line
        .slice(7)
        .split(',')
        .map(name => name.trim());
    else parseLine(line, nodes, constants);
  }
  if (outputs === undefined) throw new DfqError('the text does not end with a return line');
  const inputs = nodes.filter(({op}) => op === 'Placeholder').map(({name}) => name);
  const ends = {inputs, outputs: outputs.map(ref => parseRef(ref).node)};
  const graph = new Graph(
    nodes.filter(({op}) => op !== 'Const'),
    [],
    ends,
    {versions: {}},
  );
  for (const [name, constant] of constants) addNamedConstant(graph, name, constant);
  verify(graph);
  return graph;
}

function addNamedConstant(graph: Graph, name: string, constant: Constant): void {
  const added = graph.addConstant(name, constant);
  if (added !== name) throw new DfqError(`the graph has two nodes named '${name}'`);
}

function parseLine(line: string, nodes: Node[], constants: Map<string, Constant>): void {
  const match = LINE.exec(line);
  if (match === null) throw new DfqError(`cannot read '${line}'`);
  const [, name, op, operands, attributes, constant] = match;
  if (constant !== undefined) {
    constants.set(name, parseConstant(constant));
    return;
  }
  const inputs = all(OPERAND, operands, line).map(([, operand], i) => {
    if (!operand.endsWith('>')) return operand;
    constants.set(`${name}/${i}`, parseConstant(operand));
    return `${name}/${i}`;
  });
  const literals: Record<string, AttrLiteral> = {};
  for (const [, key, value] of all(ATTRIBUTE, attributes, line))
    literals[key] = parseLiteral(value);
  nodes.push({name, op, inputs, attrs: attributesOf(literals)});
}

/** Consecutive matches, which must cover the text. */
function all(pattern: RegExp, text: string, line: string): RegExpExecArray[] {
  const matches: RegExpExecArray[] = [];
  pattern.lastIndex = 0;
  while (pattern.lastIndex < text.trimEnd().length) {
    const match = pattern.exec(text);
    if (match === null) throw new DfqError(`cannot read '${text.trim()}' of '${line}'`);
    matches.push(match);
  }
  return matches;
}

function parseConstant(text: string): Constant {
  const [, dtype, dims, list] = /^(f32|i32)<([\dx]*)(?:: (.*))?>$/.exec(text) ?? [];
  if (list === undefined) throw new DfqError(`constant '${text}' has no values`);
  const shape = dims === '' ? [] : dims.split('x').map(Number);
  const values = list === '' ? [] : list.split(/\s+/).map(Number);
  return dtype === 'f32' ? floatConstant(values, shape) : intConstant(values, shape);
}

function parseLiteral(text: string): AttrLiteral {
  if (text === 'true' || text === 'false') return text === 'true';
  if (text.startsWith('[')) {
    const items = text
      .slice(1, -1)
      .trim()
      .split(/\s+/)
      .filter(item => item !== '');
    return items.every(isNumber) ? items.map(Number) : items;
  }
  if (!isNumber(text)) return text;
  return /[.e]/.test(text) ? float(Number(text)) : Number(text);
}

function isNumber(text: string): boolean {
  return text !== '' && !Number.isNaN(Number(text));
}
