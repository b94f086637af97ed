import {activate, plus, times} from './activations.js';
import type {LayerScope} from './graph_builder.js';
import {splitChannels} from './moves.js';
import type {Settings} from './settings.js';
import type {Shape, Traced} from './traced.js';

/** What a recurrent layer does at one step. */
export interface Cell {
  /** Number of tensors that go from step to step; the first is the output. */
  readonly stateCount: number;
  readonly units: number;
  /**
   * @param x W · input + bias, [batch, gates · units]
   * @param states of the step before; undefined where they are all 0
   * @returns the states after it
   */
  step(scope: LayerScope, x: Traced, states: readonly Traced[] | undefined): Traced[];
}

type MakeCell = (scope: LayerScope, settings: Settings) => Cell;

/** The cells of tf.layers, with and without the layer around them. */
export const CELLS: Readonly<Record<string, MakeCell>> = {
  GRU: gruCell,
  GRUCell: gruCell,
  LSTM: lstmCell,
  LSTMCell: lstmCell,
  SimpleRNN: simpleCell,
  SimpleRNNCell: simpleCell,
};

function matMul(scope: LayerScope, x: Traced, filter: string, units: number): Traced {
  const attrs = {transpose_a: false, transpose_b: false};
  return scope.op('MatMul', [x, filter], [x.shape[0], units], attrs);
}

function sum(scope: LayerScope, a: Traced, b: Traced): Traced {
  return scope.op('AddV2', [a, b], a.shape);
}

/** h′ = φ(x + U h) */
function simpleCell(cell: LayerScope, settings: Settings): Cell {
  const units = settings.number('units');
  const activation = settings.keyword('activation', 'tanh');
  const kernel = cell.weight('recurrent_kernel');
  return {
    stateCount: 1,
    units,
    step(scope, x, states) {
      const input = states ? sum(scope, x, matMul(scope, states[0], kernel, units)) : x;
      return [activate(scope, input, activation)];
    },
  };
}

/**
 * c′ = σ(f) c + σ(i) φ(g),  h′ = σ(o) φ(c′)  with [i, f, g, o] = x + U h
 */
function lstmCell(cell: LayerScope, settings: Settings): Cell {
  const units = settings.number('units');
  const activation = settings.keyword('activation', 'tanh');
  const gate = settings.keyword('recurrent_activation', 'hard_sigmoid');
  const kernel = cell.weight('recurrent_kernel');
  return {
    stateCount: 2,
    units,
    step(scope, x, states) {
      const all = states ? sum(scope, x, matMul(scope, states[0], kernel, 4 * units)) : x;
      const [i, f, g, o] = splitChannels(scope, all, 4);
      const written = times(
        scope.part('input'),
        activate(scope.part('input'), i, gate),
        activate(scope.part('candidate'), g, activation),
      );
      const forget = scope.part('forget');
      const c = states
        ? sum(scope, times(forget, activate(forget, f, gate), states[1]), written)
        : written;
      const output = scope.part('output');
      const h = times(output, activate(output, o, gate), activate(scope, c, activation));
      return [h, c];
    },
  };
}

/**
 * h′ = z h + (1 − z) φ(x_h + U_h (r h)),  z = σ(x_z + U_z h),  r = σ(x_r + U_r h);
 * with reset_after, φ(x_h + r (U_h h + b_h)).
 */
function gruCell(cell: LayerScope, settings: Settings): Cell {
  const units = settings.number('units');
  const activation = settings.keyword('activation', 'tanh');
  const gate = settings.keyword('recurrent_activation', 'hard_sigmoid');
  if (settings.boolean('reset_after', false)) {
    cell.fail('has reset_after, which TensorFlow.js does not run; train it with reset_after=False');
  }
  const columns = (start: number, count: number) => (values: Float32Array, shape: Shape) => ({
    values: slicedColumns(values, shape[1], start, count),
    shape: [shape[0], count],
  });
  const gates = cell.derived('recurrent_kernel', 'gates', columns(0, 2 * units));
  const candidate = cell.derived('recurrent_kernel', 'candidate', columns(2 * units, units));
  return {
    stateCount: 1,
    units,
    step(scope, x, states) {
      const h = states?.[0];
      const [xz, xr, xh] = splitChannels(scope.part('input'), x, 3);
      const inner = scope.part('candidate');
      if (h === undefined) {
        const update = activate(scope.part('update'), xz, gate);
        return [times(scope, oneMinus(scope, update), activate(inner, xh, activation))];
      }
      const recurrent = matMul(scope, h, gates, 2 * units);
      const [uz, ur] = splitChannels(scope, recurrent, 2);
      const [z, r] = [
        {part: scope.part('update'), a: xz, b: uz},
        {part: scope.part('reset'), a: xr, b: ur},
      ].map(({part, a, b}) => activate(part, sum(part, a, b), gate));
      const kept = times(scope.part('reset'), r, h);
      const proposal = activate(
        inner,
        sum(inner, xh, matMul(inner, kept, candidate, units)),
        activation,
      );
      const fresh = times(scope, oneMinus(scope, z), proposal);
      return [sum(scope, times(scope.part('update'), z, h), fresh)];
    },
  };
}

/** 1 − x */
function oneMinus(scope: LayerScope, x: Traced): Traced {
  return plus(scope, scope.op('Neg', [x], x.shape), 1);
}

function slicedColumns(
  values: Float32Array,
  width: number,
  start: number,
  count: number,
): Float32Array {
  const rows = values.length / width;
  return Float32Array.from(
    {length: rows * count},
    (_, i) => values[Math.floor(i / count) * width + start + (i % count)],
  );
}
