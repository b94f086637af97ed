import * as binary from './generated/dot_probe.js';
import {instantiate} from './simd_module.js';

/**
 * acc[i] + Σ x[4i + j] · w[4i + j], j < 4: four int32 from sixteen bytes of each. `i32x4.relaxed_dot_i8x16_i7x16_add_s` of
 * WebAssembly, of which only results for 0 ≤ x < 128 are defined.
 */
export type Dot = (x: Int8Array, w: Int8Array, acc: Int32Array) => Int32Array;

/** What a machine takes the bytes of x for. Those of w are always signed. */
export type DotForm = 'unsigned' | 'signed';

const FORMS: Record<DotForm, (x: number) => number> = {
  unsigned: x => x & 255,
  signed: x => x,
};

const EXTREMES = [-128, -1, 1, 127];
const ACCUMULATORS = [0, -3, 2 ** 31 - 1, -(2 ** 31)];

/**
 * The form in which `dot` is exact modulo 2^32, or undefined if it is in neither: machines without an instruction of that
 * kind saturate the sums of two products.
 */
export function dotForm(dot: Dot): DotForm | undefined {
  const cases = extremeCases();
  const forms: DotForm[] = ['unsigned', 'signed'];
  return forms.find(form => cases.every(operands => isExact(dot, form, operands)));
}

/** The instruction of this machine, or undefined where its WebAssembly lacks it. */
export function machineDot(): Dot | undefined {
  const instance = instantiate<{dot_bytes(at: number): void}>(binary, false);
  if (instance === undefined) return undefined;
  const {exports, memory} = instance;
  const bytes = new Int8Array(memory.buffer);
  const ints = new Int32Array(memory.buffer);
  return (x, w, acc) => {
    bytes.set(x);
    bytes.set(w, 16);
    ints.set(acc, 8);
    exports.dot_bytes(0);
    return ints.slice(12, 16);
  };
}

type Operands = Parameters<Dot>;

function isExact(dot: Dot, form: DotForm, [x, w, acc]: Operands): boolean {
  const result = dot(x, w, acc);
  return acc.every((sum, lane) => {
    for (let i = 4 * lane; i < 4 * lane + 4; i++) sum += FORMS[form](x[i]) * w[i];
    return result[lane] === (sum | 0);
  });
}

/** All combinations of extremes in two products of a sum, wherever they stand in it. */
function extremeCases(): Operands[] {
  return EXTREMES.flatMap(a =>
    EXTREMES.flatMap(b =>
      EXTREMES.flatMap(c => EXTREMES.map(d => operandsOf([a, b, 1, -2], [c, d, 3, 5]))),
    ),
  );
}

/** In each lane another order of the four products and another accumulator. */
function operandsOf(x: readonly number[], w: readonly number[]): Operands {
  const ordered = (values: readonly number[]) => ORDERS.map(i => values[i]);
  return [Int8Array.from(ordered(x)), Int8Array.from(ordered(w)), Int32Array.from(ACCUMULATORS)];
}

const ORDERS = [0, 1, 2, 3, 2, 0, 3, 1, 1, 0, 3, 2, 0, 2, 1, 3];
