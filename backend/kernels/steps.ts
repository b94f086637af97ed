import type {DataId, TensorInfo} from '@tensorflow/tfjs-core';
import type {Int8Backend} from '../int8_backend.js';
import type {Binary, Unary} from '../microkernels.js';

/** An op with its attributes, for operands of certain shapes and certain constants: what is left to do at each run. */
export type Step<Operands> = (operands: Operands) => TensorInfo;

/** Steps that a node keeps; more shapes than these in turn are prepared anew each time. */
const STEPS_PER_NODE = 4;

/** Operands of which a step takes nothing but the shape. The others are constants: it may hold what became of their values. */
const DATA = new Set(['x', 'a', 'b', 'table']);

/** An operand that a step was prepared for. */
interface Known {
  readonly name: string;
  readonly shape: readonly number[];
  /** Undefined where just the shape counts. */
  readonly dataId: DataId | undefined;
}

interface Entry<Operands> {
  readonly backend: Int8Backend;
  /** See {@link Int8Backend.releases}. */
  readonly releases: number;
  readonly known: readonly Known[];
  readonly step: Step<Operands>;
}

/**
 * The steps of one op. They belong to the attributes, which every node of a graph has one object of, and end with them;
 * so attributes must not change once they have been used.
 */
export class StepCache<
  Attrs extends object,
  Operands extends {[name in keyof Operands]?: TensorInfo},
> {
  private readonly entries = new WeakMap<Attrs, Entry<Operands>[]>();

  constructor(
    private readonly prepare: (
      backend: Int8Backend,
      operands: Operands,
      attrs: Attrs,
    ) => Step<Operands>,
  ) {}

  get(backend: Int8Backend, operands: Operands, attrs: Attrs): Step<Operands> {
    const entries = this.entries.get(attrs) ?? [];
    for (const entry of entries) {
      if (serves(entry, backend, operands)) return entry.step;
    }
    const step = this.prepare(backend, operands, attrs);
    const entry = {backend, releases: backend.releases, known: knownOf(operands), step};
    const others = entries.filter(other => isValid(other, backend)).slice(0, STEPS_PER_NODE - 1);
    this.entries.set(attrs, [entry, ...others]);
    return step;
  }
}

function knownOf<Operands extends {[name in keyof Operands]?: TensorInfo}>(
  operands: Operands,
): Known[] {
  return Object.entries<TensorInfo | undefined>(operands).flatMap(([name, x]) =>
    x === undefined
      ? []
      : [{name, shape: x.shape.slice(), dataId: DATA.has(name) ? undefined : x.dataId}],
  );
}

/** Whether what the step holds of constants is still there. */
function isValid<Operands>(entry: Entry<Operands>, backend: Int8Backend): boolean {
  return entry.backend === backend && entry.releases === backend.releases;
}

function serves<Operands>(
  entry: Entry<Operands>,
  backend: Int8Backend,
  operands: Operands,
): boolean {
  if (!isValid(entry, backend)) return false;
  const tensors = operands as Record<string, TensorInfo | undefined>;
  for (const {name, shape, dataId} of entry.known) {
    const x = tensors[name];
    if (x === undefined || (dataId !== undefined && x.dataId !== dataId)) return false;
    if (!sameShape(x.shape, shape)) return false;
  }
  return true;
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let axis = 0; axis < a.length; axis++) if (a[axis] !== b[axis]) return false;
  return true;
}

/** The step that runs a microkernel on x, for a result of shape `shape`. */
export function unaryStep(
  backend: Int8Backend,
  shape: number[],
  loop: Unary,
): Step<{x: TensorInfo}> {
  return ({x}) => {
    const input = backend.block(x);
    const {info, block} = backend.output(shape);
    loop(input, block);
    return info;
  };
}

/** As {@link unaryStep}, on a and b. */
export function binaryStep(
  backend: Int8Backend,
  shape: number[],
  loop: Binary,
): Step<{a: TensorInfo; b: TensorInfo}> {
  return operands => {
    const a = backend.block(operands.a);
    const b = backend.block(operands.b);
    const {info, block} = backend.output(shape);
    loop(a, b, block);
    return info;
  };
}
