import {type AttrLiteral, attributesOf} from '../graph/attributes.js';
import {type Constant, floatConstant, intConstant} from '../graph/constant.js';
import {DfqError} from '../graph/dfq_error.js';
import {type Graph} from '../graph/graph.js';
import type {Shape, Traced} from './traced.js';
import type {WeightStore} from './weight_store.js';

type Literals = Readonly<Record<string, AttrLiteral>>;

/** A tensor, or the name of a constant. */
export type Operand = Traced | string;

/** Adds the nodes of one layer; they are named after it. */
export class GraphBuilder {
  private readonly shared = new Map<string, string>();

  constructor(
    readonly graph: Graph,
    private readonly weights: WeightStore,
  ) {}

  node(
    name: string,
    op: string,
    inputs: readonly string[],
    attrs: Parameters<Graph['add']>[0]['attrs'],
  ): string {
    return this.graph.add({name: this.graph.freshName(name), op, inputs, attrs}).name;
  }

  /** A weight as the model has it; all layers and calls that use it share one constant. */
  weight(path: readonly string[], name: string): Constant & {readonly ref: string} {
    const {name: stored, value} = this.weights.find(path, name);
    return {...value, ref: this.constant(stored, value)};
  }

  /** A constant that is added once, however often it is asked for. */
  constant(name: string, value: Constant): string {
    let ref = this.shared.get(name);
    if (ref === undefined) this.shared.set(name, (ref = this.graph.addConstant(name, value)));
    return ref;
  }
}

/** Where one layer puts its nodes. */
export class LayerScope {
  constructor(
    readonly builder: GraphBuilder,
    /** Names of the models and wrappers around the layer, outermost first, and its own. */
    readonly path: readonly string[],
    readonly className: string,
    /** Of the nodes: the path, and what tells calls and steps apart. */
    private readonly prefix: string = path.join('/'),
  ) {}

  /** The same layer, for a part of its nodes. */
  part(name: string): LayerScope {
    return new LayerScope(this.builder, this.path, this.className, `${this.prefix}/${name}`);
  }

  /** An inner layer of a wrapper or of a model. */
  inner(name: string, className: string): LayerScope {
    const {builder, path, prefix} = this;
    return new LayerScope(builder, [...path, name], className, `${prefix}/${name}`);
  }

  /** Adds a node; its result has `shape` and the dtype of its first operand. */
  op(
    op: string,
    operands: readonly Operand[],
    shape: Shape,
    literals: Literals = {},
    name: string = op,
  ): Traced {
    const inputs = operands.map(operand => (typeof operand === 'string' ? operand : operand.ref));
    const attrs = attributesOf(literals);
    const ref = this.builder.node(`${this.prefix}/${name}`, op, inputs, attrs);
    const first = operands.find(operand => typeof operand !== 'string');
    const masked = operands.some(operand => typeof operand !== 'string' && operand.masked);
    return {ref, shape, dtype: first?.dtype ?? 'float32', masked};
  }

  /** Further outputs of a node: ref:1, ref:2, … */
  outputs(node: Traced, shapes: readonly Shape[]): Traced[] {
    return shapes.map((shape, i) => ({
      ...node,
      shape,
      ref: i === 0 ? node.ref : `${node.ref}:${i}`,
    }));
  }

  cast(x: Traced, dtype: 'float32' | 'int32'): Traced {
    if (x.dtype === dtype) return x;
    const type = {float32: 'DT_FLOAT', int32: 'DT_INT32', bool: 'DT_BOOL'} as const;
    const attrs = {SrcT: {type: type[x.dtype]}, DstT: {type: type[dtype]}};
    return {...x, dtype, ref: this.builder.node(`${this.prefix}/Cast`, 'Cast', [x.ref], attrs)};
  }

  floats(name: string, values: ArrayLike<number>, shape?: Shape): string {
    return this.builder.graph.addConstant(`${this.prefix}/${name}`, floatConstant(values, shape));
  }

  ints(name: string, values: ArrayLike<number>, shape?: Shape): string {
    return this.builder.graph.addConstant(`${this.prefix}/${name}`, intConstant(values, shape));
  }

  /** A constant number. */
  scalar(name: string, value: number): string {
    return this.floats(name, [value], []);
  }

  /**
   * A float weight of the layer, in another shape of the same size if one is given.
   *
   * @throws DfqError if the model has no such weight, or of another size
   */
  weight(name: string, shape?: Shape): string {
    const {builder, path} = this;
    const {ref, ...value} = builder.weight(path, name);
    if (value.dtype !== 'float32') this.fail(`has a weight '${name}' of dtype ${value.dtype}`);
    if (shape === undefined || shape.join() === value.shape.join()) return ref;
    if (shape.reduce((a, b) => a * b, 1) !== value.values.length) {
      this.fail(`has a weight '${name}' of shape [${value.shape}], which should be [${shape}]`);
    }
    return builder.constant(`${ref}/${shape.join('x')}`, {...value, encoding: undefined, shape});
  }

  /** A constant made of a weight's values. */
  derived(
    name: string,
    suffix: string,
    make: (values: Float32Array, shape: Shape) => {values: Float32Array; shape: Shape},
  ): string {
    const {ref, ...value} = this.builder.weight(this.path, name);
    if (value.dtype !== 'float32') this.fail(`has a weight '${name}' of dtype ${value.dtype}`);
    const {values, shape} = make(value.values, value.shape);
    return this.builder.constant(`${ref}/${suffix}`, floatConstant(values, shape));
  }

  weightShape(name: string): Shape {
    return this.builder.weight(this.path, name).shape;
  }

  /** @throws DfqError always: "layer 'name' (Class) <problem>" */
  fail(problem: string): never {
    throw new DfqError(`layer '${this.path.join('/')}' (${this.className}) ${problem}`);
  }
}
