import {type AttrLiteral, attributesOf, float} from '../../graph/attributes.js';
import type {Constant} from '../../graph/constant.js';
import {type Graph, type Node, parseRef, refOf} from '../../graph/graph.js';
import {type Int8Attrs, Int8Op, type OutputAttrs} from '../../ops.js';
import {gridOfBits} from '../../quant/grid.js';
import type {QuantParams} from '../../quant/quant_params.js';
import type {PassContext} from '../pass.js';
import type {Simulation} from './simulation.js';

/** Nodes that become one int8 op. */
export interface Site {
  /** The node whose value the op makes. */
  readonly head: Node;
  /** The op makes the value in float, under the head's own name. */
  readonly isFloat?: boolean;
  /** Adds the int8 nodes. Called once all sites are known, in topological order. */
  emit(lowering: Lowering): void;
  /** Rounds in float what the int8 op would have on grids. */
  simulate(simulation: Simulation): void;
}

/** Turns a node into a site, says why it can't, or leaves it to other rules (undefined). */
export type Rule = (node: Node, lowering: Lowering) => Site | string | undefined;

/** Ops that read nothing of a tensor but its shape. */
const SHAPE_READERS = new Set(['Shape', 'Size', 'Rank']);

/** Attributes that are written as `f` even when whole. */
const FLOAT_ATTRS = /Scale$/;

/** The state of one lowering: which tensors are int8, and the new nodes. */
export class Lowering {
  private readonly sites = new Map<string, Site>();
  /** References of float tensors that will be int8. */
  private readonly int8 = new Set<string>();
  private readonly quantized = new Map<string, string>();

  constructor(
    readonly graph: Graph,
    readonly context: PassContext,
    /** Names of the nodes from which a quantized layer can be reached. */
    readonly feedsLayer: ReadonlySet<string>,
  ) {}

  get grid() {
    return gridOfBits(this.context.options.activationBits);
  }

  /** Of constant operands, which cost nothing to hold in all 8 bits. */
  get constantGrid() {
    return gridOfBits(Math.max(this.context.options.activationBits, 8));
  }

  /** The grid of a float tensor, if it was given one. */
  params(ref: string): QuantParams | undefined {
    return this.context.plan.activations.get(ref);
  }

  /** Will the tensor be there as int8 without a Quantize? */
  isInt8(ref: string): boolean {
    return this.int8.has(ref);
  }

  claim(site: Site): void {
    this.sites.set(site.head.name, site);
    if (site.isFloat) return;
    this.int8.add(site.head.name);
    for (const user of this.graph.users(site.head.name)) {
      for (const ref of user.inputs) {
        if (parseRef(ref).node === site.head.name) this.int8.add(ref);
      }
    }
  }

  /** In topological order. */
  get claimed(): readonly Site[] {
    return [...this.sites.values()];
  }

  /** Names of the nodes that sites take in besides their heads. */
  interiors(): Set<string> {
    const found = new Set<string>();
    const pending = this.claimed.flatMap(({head}) => this.operands(head));
    for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
      if (found.has(node.name)) continue;
      found.add(node.name);
      pending.push(...this.operands(node));
    }
    return found;
  }

  /** The nodes that make the operands of a site's node, as far as they belong to the site. */
  private operands(node: Node): Node[] {
    if (this.context.plan.filters.has(node.name)) return [];
    return node.inputs
      .filter(ref => !parseRef(ref).control && !this.isInt8(ref))
      .map(ref => this.graph.node(parseRef(ref).node));
  }

  /** Replaces all claimed nodes by their int8 forms. What only they needed disappears. */
  rewrite(): void {
    const floatRefs = this.floatReaders();
    for (const name of this.sites.keys()) this.graph.remove(name);
    for (const site of this.sites.values()) site.emit(this);
    this.redirectShapeReaders();
    for (const ref of floatRefs) this.dequantize(ref);
    this.graph.removeUnused();
  }

  /** The shape of an int8 tensor is to be had without its values in float. */
  private redirectShapeReaders(): void {
    for (const node of this.graph.nodes.filter(({op}) => SHAPE_READERS.has(op))) {
      const [ref, ...others] = node.inputs;
      if (this.isInt8(ref)) this.graph.replace({...node, inputs: [this.int8Ref(ref), ...others]});
    }
  }

  /** Int8 tensors that float nodes read, and that the model returns. */
  private floatReaders(): Set<string> {
    const {graph, sites} = this;
    const isInt8Site = (name: string) => sites.has(name) && !sites.get(name)?.isFloat;
    const refs = new Set<string>(graph.outputs.filter(isInt8Site));
    const isReader = ({name, op}: Node) => !sites.has(name) && !SHAPE_READERS.has(op);
    for (const {inputs} of graph.nodes.filter(isReader)) {
      for (const ref of inputs) {
        const {node, control} = parseRef(ref);
        if (isInt8Site(node)) refs.add(control ? node : ref);
      }
    }
    return refs;
  }

  /** The reference under which a float tensor is to be had as int8. */
  int8Ref(ref: string): string {
    const {node, index} = parseRef(ref);
    if (this.isInt8(ref)) return refOf(`${node}/int8`, index);
    let name = this.quantized.get(ref);
    if (name === undefined) {
      name = this.graph.freshName(`${node}/quantize`);
      this.quantized.set(ref, name);
      this.graph.add({
        name,
        op: Int8Op.Quantize,
        inputs: [ref],
        attrs: int8Attributes<'Int8Quantize'>(this.outputAttrs(ref)),
      });
    }
    return name;
  }

  /** Makes the int8 tensor available under its old name as float. */
  private dequantize(ref: string): void {
    const {node, index} = parseRef(ref);
    const {scale, zeroPoint} = this.paramsOf(ref);
    const name = index === 0 ? node : this.graph.freshName(`${node}/dequantize_${index}`);
    const attrs = int8Attributes<'Int8Dequantize'>({xScale: scale, xZeroPoint: zeroPoint});
    const inputs = [refOf(`${node}/int8`, index)];
    if (index > 0) this.redirect(ref, name);
    this.graph.add({name, op: Int8Op.Dequantize, inputs, attrs});
  }

  private redirect(from: string, to: string): void {
    for (const user of this.graph.nodes.filter(({inputs}) => inputs.includes(from))) {
      this.graph.replace({...user, inputs: user.inputs.map(ref => (ref === from ? to : ref))});
    }
  }

  /** Grid and clamp of an op that makes the tensor. */
  outputAttrs(ref: string): OutputAttrs {
    const {scale, zeroPoint} = this.paramsOf(ref);
    return {outScale: scale, outZeroPoint: zeroPoint, lo: this.grid.min, hi: this.grid.max};
  }

  paramsOf(ref: string): QuantParams {
    const params = this.params(ref);
    if (params === undefined) throw new Error(`no grid for '${ref}'`);
    return params;
  }

  /** Adds the int8 form of `head`. Control edges of the float form are kept. */
  emitOp<Op extends Int8Op>(
    head: Node,
    op: Op,
    inputs: readonly string[],
    attrs: Int8Attrs[Op],
  ): void {
    this.emitNode(head, {op, inputs, attrs: int8Attributes<Op>(attrs)});
  }

  emitNode(head: Node, node: Pick<Node, 'op' | 'inputs' | 'attrs'>): void {
    const control = head.inputs.filter(ref => parseRef(ref).control && !node.inputs.includes(ref));
    const isFloat = this.sites.get(head.name)?.isFloat;
    const name = isFloat ? head.name : `${head.name}/int8`;
    this.graph.add({...node, name, inputs: [...node.inputs, ...control]});
  }

  /** A constant operand of `head`. */
  constant(head: Node, name: string, value: Constant): string {
    return this.graph.addConstant(`${head.name}/${name}`, value);
  }
}

/** GraphDef attributes of an int8 op. */
function int8Attributes<Op extends Int8Op>(attrs: Int8Attrs[Op]) {
  const literals = Object.entries(attrs as unknown as Record<string, AttrLiteral | undefined>)
    .filter((entry): entry is [string, AttrLiteral] => entry[1] !== undefined)
    .map(([name, value]): [string, AttrLiteral] =>
      typeof value === 'number' && FLOAT_ATTRS.test(name) ? [name, float(value)] : [name, value],
    );
  return attributesOf(Object.fromEntries(literals));
}
