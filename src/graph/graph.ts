import type {Attributes} from './attributes.js';
import type {Constant, FloatConstant} from './constant.js';
import {DfqError} from './dfq_error.js';

/** One operation. `inputs` are tensor references: 'name' (output 0), 'name:1', or '^name' (control). */
export interface Node {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly string[];
  readonly attrs: Attributes;
  /** Fields of the NodeDef that no pass reads, kept for export (device, …). */
  readonly rest?: Readonly<Record<string, unknown>>;
}

export interface TensorRef {
  readonly node: string;
  readonly index: number;
  /** An order of execution, not a value. */
  readonly control: boolean;
}

/** Splits 'name', 'name:1' and '^name'. */
export function parseRef(ref: string): TensorRef {
  const control = ref.startsWith('^');
  const [node, ...rest] = (control ? ref.slice(1) : ref).split(':');
  return {node, index: rest.length === 0 ? 0 : Number(rest[rest.length - 1]), control};
}

/** The name of a node's output as other nodes refer to it. */
export function refOf(node: string, index = 0): string {
  return index === 0 ? node : `${node}:${index}`;
}

/** What belongs to the model but to no node: signature, function library, versions, metadata. */
export type ModelFields = Readonly<Record<string, unknown>>;

/**
 * A GraphModel that can be rewritten: nodes by name, constants by the name of their Const node.
 *
 * Nodes are immutable values; every change goes through a method here, which keeps the index of users
 * true. Nothing is shared with the model that the graph was imported from.
 */
export class Graph {
  private readonly nodeMap = new Map<string, Node>();
  private readonly constantMap = new Map<string, Constant>();
  private userIndex: Map<string, Node[]> | undefined;

  /** Names of the nodes that are fed, and of those whose values the model returns; both in order. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];

  constructor(
    nodes: Iterable<Node>,
    constants: Iterable<readonly [string, Constant]>,
    ends: {inputs: readonly string[]; outputs: readonly string[]},
    /** modelTopology without its nodes. */
    readonly topologyFields: ModelFields = {},
    /** Model artifacts without topology and weights. */
    readonly modelFields: ModelFields = {},
  ) {
    for (const node of nodes) this.add(node);
    for (const [name, constant] of constants) this.constantMap.set(name, constant);
    this.inputs = ends.inputs;
    this.outputs = ends.outputs;
  }

  clone(): Graph {
    const {nodeMap, constantMap} = this;
    return new Graph(nodeMap.values(), constantMap, this, this.topologyFields, this.modelFields);
  }

  get nodes(): readonly Node[] {
    return [...this.nodeMap.values()];
  }

  get constants(): ReadonlyMap<string, Constant> {
    return this.constantMap;
  }

  has(name: string): boolean {
    return this.nodeMap.has(name);
  }

  /** @throws DfqError if there is none of that name */
  node(name: string): Node {
    const node = this.nodeMap.get(name);
    if (node === undefined) throw new DfqError(`the graph has no node '${name}'`);
    return node;
  }

  /** The node that makes operand `index` of `node`, or undefined where there is no such operand. */
  producer(node: Node, index: number): Node | undefined {
    const ref = node.inputs[index];
    return ref === undefined ? undefined : this.nodeMap.get(parseRef(ref).node);
  }

  /** The value of operand `index` if it is a constant. */
  constantInput(node: Node, index: number): Constant | undefined {
    const producer = this.producer(node, index);
    return producer?.op === 'Const' ? this.constantMap.get(producer.name) : undefined;
  }

  /** The value of operand `index` if it is a float32 constant. */
  floatInput(node: Node, index: number): FloatConstant | undefined {
    const constant = this.constantInput(node, index);
    return constant?.dtype === 'float32' ? constant : undefined;
  }

  /** The nodes that read any output of `name`, once each; control edges count. */
  users(name: string): readonly Node[] {
    this.userIndex ??= indexUsers(this.nodeMap.values());
    return this.userIndex.get(name) ?? [];
  }

  isOutput(name: string): boolean {
    return this.outputs.includes(name);
  }

  /** The one node that reads `name`, if exactly one does, through data, and the model does not return it. */
  soleUser(name: string): Node | undefined {
    const users = this.users(name);
    if (users.length !== 1 || this.isOutput(name)) return undefined;
    const readings = users[0].inputs.filter(ref => parseRef(ref).node === name);
    return readings.length === 1 && !parseRef(readings[0]).control ? users[0] : undefined;
  }

  add(node: Node): Node {
    if (this.nodeMap.has(node.name)) {
      throw new DfqError(`the graph has two nodes named '${node.name}'`);
    }
    this.nodeMap.set(node.name, node);
    this.userIndex = undefined;
    return node;
  }

  /** Adds a Const node under a fresh name that begins with `hint`, and returns that name. */
  addConstant(hint: string, constant: Constant): string {
    const name = this.freshName(hint);
    this.add({name, op: 'Const', inputs: [], attrs: constantAttrs(constant)});
    this.constantMap.set(name, constant);
    return name;
  }

  /** Puts another node in the place of the one of the same name. */
  replace(node: Node): Node {
    this.node(node.name);
    this.nodeMap.set(node.name, node);
    this.userIndex = undefined;
    return node;
  }

  setConstant(name: string, constant: Constant): void {
    const node = this.node(name);
    this.nodeMap.set(name, {...node, attrs: constantAttrs(constant)});
    this.constantMap.set(name, constant);
    this.userIndex = undefined;
  }

  /**
   * Gives operand `index` of `node` a new constant value. A constant that other nodes read is left
   * to them, and this node gets its own.
   *
   * @returns the node as it now is
   */
  setConstantInput(node: Node, index: number, constant: Constant): Node {
    const current = parseRef(node.inputs[index]).node;
    if (this.soleUser(current) !== undefined) {
      this.setConstant(current, constant);
      return this.node(node.name);
    }
    const own = this.addConstant(`${node.name}/${current.split('/').pop()}`, constant);
    const inputs = node.inputs.map((ref, i) => (i === index ? own : ref));
    return this.replace({...node, inputs});
  }

  /**
   * Inserts `node` after output 0 of `producer`: whatever read the producer reads the new node. Where
   * the model returns the producer, names are exchanged, so that the output keeps its name.
   *
   * @returns the names that producer and inserted node now have
   */
  insertAfter(producer: string, node: Node): {producer: string; inserted: string} {
    const source = this.isOutput(producer) ? this.rename(producer) : producer;
    const inserted = source === producer ? node : {...node, name: producer};
    const users = this.users(source);
    for (const user of users) this.redirectInputs(user, source, inserted.name);
    const inputs = inserted.inputs.map(ref => (parseRef(ref).node === producer ? source : ref));
    this.add({...inserted, inputs});
    return {producer: source, inserted: inserted.name};
  }

  /** Removes a node that hands on its operand `index`: its users read that operand instead. */
  bypass(name: string, index = 0): void {
    const node = this.node(name);
    const source = node.inputs[index];
    if (this.isOutput(name)) throw new DfqError(`'${name}' is an output of the model`);
    for (const user of this.users(name)) this.redirectInputs(user, name, source);
    this.remove(name);
  }

  remove(name: string): void {
    this.nodeMap.delete(name);
    this.constantMap.delete(name);
    this.userIndex = undefined;
  }

  /** Removes the nodes that no output needs; inputs stay. */
  removeUnused(): void {
    const needed = new Set<string>(this.inputs);
    const stack = [...this.outputs, ...this.inputs];
    while (stack.length > 0) {
      const name = stack.pop() as string;
      needed.add(name);
      for (const ref of this.nodeMap.get(name)?.inputs ?? []) {
        const {node} = parseRef(ref);
        if (!needed.has(node)) stack.push(node);
      }
    }
    for (const node of this.nodes) if (!needed.has(node.name)) this.remove(node.name);
  }

  freshName(hint: string): string {
    let name = hint;
    for (let i = 1; this.nodeMap.has(name); i++) name = `${hint}_${i}`;
    return name;
  }

  /** Moves a node to a fresh name, and all its readers with it. */
  private rename(name: string): string {
    const node = this.node(name);
    const users = this.users(name);
    const fresh = this.freshName(`${name}/inner`);
    this.nodeMap.delete(name);
    this.nodeMap.set(fresh, {...node, name: fresh});
    for (const user of users) {
      const inputs = this.node(user.name).inputs.map(ref => renamedRef(ref, name, fresh));
      this.replace({...this.node(user.name), inputs});
    }
    this.userIndex = undefined;
    return fresh;
  }

  private redirectInputs(user: Node, from: string, to: string): void {
    const inputs = user.inputs.map(ref => {
      const {node, index, control} = parseRef(ref);
      if (node !== from) return ref;
      return control ? `^${parseRef(to).node}` : index === 0 ? to : ref;
    });
    this.replace({...this.node(user.name), inputs});
  }
}

/** `ref` after its node has changed its name. */
function renamedRef(ref: string, from: string, to: string): string {
  const {node, index, control} = parseRef(ref);
  if (node !== from) return ref;
  return control ? `^${to}` : refOf(to, index);
}

function indexUsers(nodes: Iterable<Node>): Map<string, Node[]> {
  const users = new Map<string, Node[]>();
  for (const node of nodes) {
    for (const name of new Set(node.inputs.map(ref => parseRef(ref).node))) {
      const list = users.get(name);
      if (list === undefined) users.set(name, [node]);
      else list.push(node);
    }
  }
  return users;
}

const DTYPES: Readonly<Record<Constant['dtype'], string>> = {
  float32: 'DT_FLOAT',
  int32: 'DT_INT32',
  bool: 'DT_BOOL',
  complex64: 'DT_COMPLEX64',
  string: 'DT_STRING',
};

function constantAttrs({dtype, shape}: Constant): Attributes {
  const dim = shape.map(size => ({size: String(size)}));
  const type = DTYPES[dtype];
  return {value: {tensor: {dtype: type, tensorShape: {dim}}}, dtype: {type}};
}
