import {floatConstant} from '../../graph/constant.js';
import type {Graph, Node} from '../../graph/graph.js';
import type {Grid} from '../../quant/grid.js';
import type {QuantParams} from '../../quant/quant_params.js';
import type {Lowering} from './lowering.js';

/** What a simulation rounds; the rest stays float. */
export interface Simulated {
  readonly weights: boolean;
  readonly activations: boolean;
}

/**
 * Puts fake quantization into a float graph, where and as the sites of a lowering ask for it.
 *
 * Tensors are noted first and rounded by {@link finish}, so that every site finds the graph in which it
 * was claimed.
 */
export class Simulation {
  readonly graph: Graph;
  /** Names of nodes whose value all readers see rounded. */
  private readonly values = new Set<string>();
  /** Names of the nodes that alone see an operand rounded, by that operand's reference. */
  private readonly operands = new Map<string, string[]>();

  constructor(
    readonly lowering: Lowering,
    readonly simulated: Simulated,
  ) {
    this.graph = lowering.graph;
  }

  /** Lets all readers of a node's value see it on its grid. */
  roundValue(node: string): void {
    this.values.add(node);
  }

  /** Lets `node` see an operand on its grid, as an Int8Quantize would make it, if it is not there yet. */
  roundOperand(node: Node, ref: string): void {
    if (this.lowering.isInt8(ref)) return;
    this.operands.set(ref, [...(this.operands.get(ref) ?? []), node.name]);
  }

  finish(): void {
    if (!this.simulated.activations) return;
    for (const [ref, readers] of this.operands) this.insertBefore(ref, readers);
    for (const name of this.values) this.insertAfter(name);
  }

  private insertBefore(ref: string, readers: readonly string[]): void {
    let last = ref;
    for (const step of this.stepsFor(ref)) last = this.graph.add(this.stepNode(step, last)).name;
    for (const name of readers) {
      const node = this.graph.node(name);
      const inputs = node.inputs.map(input => (input === ref ? last : input));
      this.graph.replace({...node, inputs});
    }
  }

  private insertAfter(name: string): void {
    // From the last step to the first, so that where the model returns the value only its producer changes names.
    let source = name;
    for (const step of this.stepsFor(name).reverse()) {
      source = this.graph.insertAfter(source, this.stepNode(step, source)).producer;
    }
  }

  private stepsFor(ref: string): Step[] {
    return fakeQuantization(ref, this.lowering.paramsOf(ref), this.lowering.grid);
  }

  private stepNode({op, name: hint, operands = []}: Step, x: string): Node {
    const name = this.graph.freshName(hint);
    const constants = operands.map(value =>
      this.graph.addConstant(`${name}/constant`, floatConstant([value], [])),
    );
    return {name, op, inputs: [x, ...constants], attrs: {}};
  }
}

/** One op of a fake quantization, with the numbers that are its operands besides the tensor. */
interface Step {
  readonly op: string;
  readonly name: string;
  readonly operands?: readonly number[];
}

/**
 * scale · clamp(⌊x · (1 / scale) + ½⌋): equation (2) in float32, in the steps of Int8Quantize, and (1).
 * With 16 bits x / scale is below 2^16 on the grid, and float32 keeps 2^−8 of a step.
 */
function fakeQuantization(ref: string, {scale, zeroPoint}: QuantParams, grid: Grid): Step[] {
  const prefix = `${ref.replace(':', '_')}/fake_quantize`;
  const ends = [grid.min - zeroPoint, grid.max - zeroPoint];
  return [
    {op: 'Mul', name: `${prefix}/scaled`, operands: [1 / scale]},
    {op: 'AddV2', name: `${prefix}/plus_half`, operands: [0.5]},
    {op: 'Floor', name: `${prefix}/floor`},
    {op: 'ClipByValue', name: `${prefix}/clipped`, operands: ends},
    {op: 'Mul', name: prefix, operands: [scale]},
  ];
}
