import {type BuiltModel, type Form, ModelBuilder, type Vector} from './builder.js';

const STEPS = 16;
const FEATURES = 64;
const UNITS = 128;

/** An LSTM over 16 steps of 64 features, 128 units, unrolled, and a classifier of 12. */
export function lstm(form: Form): BuiltModel {
  const b = new ModelBuilder(form, [1, STEPS, FEATURES]);
  const kernel = b.weights([FEATURES, 4 * UNITS], Math.sqrt(3 / FEATURES));
  const recurrent = b.weights([UNITS, 4 * UNITS], Math.sqrt(3 / UNITS));
  const bias = b.weights([4 * UNITS], 0.5);
  const steps = b.op('Unpack', ['input'], {axis: 1, num: STEPS});
  let hidden: Vector | undefined;
  let cell: string | undefined;
  for (let t = 0; t < STEPS; t++) {
    const x = {ref: t === 0 ? steps : `${steps}:${t}`, channels: FEATURES};
    const biased = b.op('BiasAdd', [b.product(x, kernel, 4 * UNITS).ref, bias]);
    const sum = hidden
      ? b.op('AddV2', [biased, b.product(hidden, recurrent, 4 * UNITS).ref])
      : biased;
    const gates = b.op('Split', [b.integers([1], []), sum], {num_split: 4});
    const gate = (op: string, i: number) => b.op(op, [i === 0 ? gates : `${gates}:${i}`]);
    const written = b.op('Mul', [gate('Sigmoid', 0), gate('Tanh', 2)]);
    const kept = cell && b.op('Mul', [gate('Sigmoid', 1), cell]);
    cell = kept ? b.op('AddV2', [kept, written]) : written;
    hidden = {ref: b.op('Mul', [gate('Sigmoid', 3), b.op('Tanh', [cell])]), channels: UNITS};
  }
  return b.build(b.softmax(b.dense(hidden ?? {ref: steps, channels: FEATURES}, 12)));
}
