import {type Graph, type Node, parseRef} from '../graph/graph.js';
import {topologicalOrder} from '../graph/topological_order.js';
import {observableRefs} from './run_graph.js';

/** Ops whose result jumps where their operands move a little. */
const DISCRETE =
  /^(TopKV2|Arg(Max|Min)|NonMaxSuppressionV\d|Where|(Not)?Equal|(Greater|Less)(Equal)?|Round|Floor|Ceil|Floor(Div|Mod)|Sign|Multinomial|Unique\w*)$/;

/** Ops that read no values of their operands. */
const SHAPE_OPS = /^(Shape\w*|Size|Rank|ZerosLike|OnesLike)$/;

/** Layers of every form, fused ones too: what they compute is what quantization may change. */
const LAYER_OPS = /Conv|MatMul/;

interface Influence {
  /** Downstream of a layer. */
  readonly changes: boolean;
  /** Downstream of a discrete op. */
  readonly jumps: boolean;
}

/**
 * The tensors by which a model is judged against another form of it: its outputs. Where an output
 * comes from a selection (the best boxes, the arg-max), two almost equal inputs may give two very
 * different results; in its place stand the tensors that are selected from.
 *
 * @returns references of tensors that are computed once in every run
 */
export function scoredTensors(graph: Graph): string[] {
  const influences = influencesOf(graph);
  const observable = new Set(observableRefs(graph));
  const found = new Set<string>();
  const seen = new Set<string>();
  const pending = [...graph.outputs].reverse();
  for (let ref = pending.pop(); ref !== undefined; ref = pending.pop()) {
    const {node, control} = parseRef(ref);
    const influence = influences.get(node);
    if (control || seen.has(ref) || !influence?.changes) continue;
    seen.add(ref);
    if (!influence.jumps && observable.has(ref)) found.add(ref);
    else pending.push(...[...graph.node(node).inputs].reverse());
  }
  return [...found];
}

function influencesOf(graph: Graph): Map<string, Influence> {
  const known = new Map<string, Influence>();
  for (const node of topologicalOrder(graph)) {
    const operands = SHAPE_OPS.test(node.op)
      ? []
      : node.inputs.map(ref => known.get(parseRef(ref).node));
    known.set(node.name, {
      changes: LAYER_OPS.test(node.op) || operands.some(operand => operand?.changes),
      jumps: isDiscrete(node) || operands.some(operand => operand?.jumps),
    });
  }
  return known;
}

function isDiscrete({op, attrs}: Node): boolean {
  if (op === 'Cast') return !/FLOAT|HALF|^1$/.test(String(attrs['DstT']?.type ?? 'DT_FLOAT'));
  return DISCRETE.test(op);
}

/** The ops behind which a vector is one score a class: what classifiers end in. */
const SCORES = /^(Softmax|LogSoftmax|BiasAdd|MatMul|_FusedMatMul|Conv2D|Int8MatMul|Int8Conv2D)$/;

const RESHAPES = /^(Identity|Reshape|Squeeze|Int8Dequantize)$/;

/** Does the tensor look like the scores of a classifier, one a class? */
export function isClassifierOutput(graph: Graph, ref: string, shape: readonly number[]): boolean {
  if (shape.length !== 2 || shape[1] < 2) return false;
  let node: Node | undefined = graph.node(parseRef(ref).node);
  while (node !== undefined && RESHAPES.test(node.op)) node = graph.producer(node, 0);
  return node !== undefined && SCORES.test(node.op);
}
