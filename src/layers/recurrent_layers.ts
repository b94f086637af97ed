import {times} from './activations.js';
import type {LayerScope} from './graph_builder.js';
import type {Config} from './keras_config.js';
import type {InnerLayer, LayerCall, LayerTracer} from './layer_call.js';
import {dense} from './linear_layers.js';
import {concat} from './merge_layers.js';
import {stackSteps, unstackSteps} from './moves.js';
import {type Cell, CELLS} from './recurrent_cells.js';
import {Settings} from './settings.js';
import type {Traced} from './traced.js';

/**
 * Recurrent layers, unrolled: W · x of all steps is one layer, and every step reads one and the same
 * constant U.
 */
export const RECURRENT_LAYERS: Readonly<Record<string, LayerTracer>> = {
  Bidirectional: bidirectional,
  GRU: recurrent,
  LSTM: recurrent,
  RNN: recurrent,
  SimpleRNN: recurrent,
};

/** One pass over a sequence. */
interface Run {
  /** After each step, in the order of the steps. */
  readonly outputs: readonly Traced[];
  /** After the last step. */
  readonly states: readonly Traced[];
}

function recurrent(call: LayerCall): Traced[] {
  const {scope, settings, inputs} = call;
  const run = runLayer(scope, {className: scope.className, config: settings.config}, inputs);
  return results(scope, settings, run);
}

/** What the layer returns: the last output or all of them, and the states if it says so. */
function results(scope: LayerScope, settings: Settings, {outputs, states}: Run): Traced[] {
  const value = settings.boolean('return_sequences', false)
    ? stackSteps(scope, outputs)
    : outputs[outputs.length - 1];
  return settings.boolean('return_state', false) ? [value, ...states] : [value];
}

/** @param inputs the sequence [batch, steps, channels], and the states to begin with if they are not 0 */
function runLayer(
  scope: LayerScope,
  {className, config}: InnerLayer,
  [sequence, ...initial]: readonly Traced[],
): Run {
  const settings = new Settings(scope, config);
  if (sequence.masked) {
    scope.fail(
      'is given a mask, which int8 steps cannot leave out; leave Masking and maskZero out',
    );
  }
  if (settings.boolean('stateful', false)) {
    scope.fail('is stateful; build it with returnState, and feed and return its states');
  }
  if (sequence.shape.length !== 3)
    scope.fail(`takes [batch, steps, channels], not [${sequence.shape}]`);
  if (!(sequence.shape[1] > 0)) {
    scope.fail('has an open number of steps; give the model an inputShape with a fixed one');
  }
  const cells = cellsOf(scope, {className, config});
  const backwards = settings.boolean('go_backwards', false);
  return cells.length === 1
    ? runCell(cells[0], sequence, initial, backwards)
    : runStack(cells, sequence, initial, backwards);
}

/** The scope of a cell's weights, and its settings. */
interface CellConfig {
  readonly scope: LayerScope;
  readonly className: string;
  readonly settings: Settings;
}

function cellsOf(scope: LayerScope, {className, config}: InnerLayer): CellConfig[] {
  if (className !== 'RNN') return [{scope, className, settings: new Settings(scope, config)}];
  const cell = innerLayer(scope, config, 'cell');
  if (cell.className !== 'StackedRNNCells') {
    return [{scope, className: cell.className, settings: new Settings(scope, cell.config)}];
  }
  const stacked = cell.config['cells'] as Config[];
  return stacked.map((entry, i) => {
    const inner = innerLayer(scope, {cell: entry}, 'cell');
    const own = scope.inner(`RNNCell_${i}`, inner.className);
    return {scope: own, className: inner.className, settings: new Settings(own, inner.config)};
  });
}

/** A layer that stands in another one's settings. */
export function innerLayer(scope: LayerScope, config: Config, key: string): InnerLayer {
  const value = config[key] as {class_name?: unknown; config?: Config} | undefined;
  if (typeof value?.class_name !== 'string') return scope.fail(`has no ${key}`);
  return {className: value.class_name, config: value.config ?? {}};
}

function runCell(
  {scope, className, settings}: CellConfig,
  sequence: Traced,
  initial: readonly Traced[],
  backwards: boolean,
): Run {
  const make = CELLS[className];
  if (make === undefined) {
    scope.fail(`has a cell of class ${className}; ${Object.keys(CELLS).join(', ')} can be traced`);
  }
  const cell = make(scope, settings);
  const projected = unstackSteps(scope, project(scope, settings, sequence));
  const steps = backwards ? [...projected].reverse() : projected;
  return runSteps(scope, cell, steps, initial.length > 0 ? initial : undefined);
}

/** W · x + bias for all steps at once. */
function project(scope: LayerScope, settings: Settings, sequence: Traced): Traced {
  const linear = {use_bias: settings.boolean('use_bias', true), activation: 'linear'};
  return dense(scope, new Settings(scope, linear), sequence);
}

function runSteps(
  scope: LayerScope,
  cell: Cell,
  steps: readonly Traced[],
  initial: readonly Traced[] | undefined,
): Run {
  if (initial !== undefined && initial.length !== cell.stateCount) {
    scope.fail(`is given ${initial.length} initial states; it has ${cell.stateCount}`);
  }
  let states = initial;
  const outputs = steps.map((x, t) => {
    states = cell.step(scope.part(`step_${t}`), x, states);
    return states[0];
  });
  return {outputs, states: states ?? []};
}

/**
 * Stacked cells are stacked layers: none reads what a later one makes. Their states stand in reverse
 * order, the last cell's first.
 */
function runStack(
  cells: readonly CellConfig[],
  sequence: Traced,
  initial: readonly Traced[],
  backwards: boolean,
): Run {
  let states: readonly Traced[] = [];
  let rest = initial;
  let run: Run | undefined;
  cells.forEach((cell, i) => {
    const count = initial.length > 0 ? stateCountOf(cell) : 0;
    const own = rest.slice(rest.length - count);
    rest = rest.slice(0, rest.length - count);
    const input = run ? stackSteps(cell.scope, run.outputs) : sequence;
    run = runCell(cell, input, own, backwards && i === 0);
    states = [...run.states, ...states];
  });
  return {outputs: run?.outputs ?? [], states};
}

function stateCountOf({className}: CellConfig): number {
  return className === 'LSTMCell' ? 2 : 1;
}

/** One layer forwards, its twin backwards, and their outputs put together. */
function bidirectional({scope, settings, inputs}: LayerCall): Traced[] {
  const layer = innerLayer(scope, settings.config, 'layer');
  const [sequence, ...initial] = inputs;
  const half = initial.length / 2;
  const name = String(layer.config['name']);
  const own = new Settings(scope, layer.config);
  const isReversed = own.boolean('go_backwards', false);
  const directions = [
    {prefix: 'forward', backwards: isReversed, states: initial.slice(0, half)},
    {prefix: 'backward', backwards: !isReversed, states: initial.slice(half)},
  ];
  const [forward, backward] = directions.map(({prefix, backwards, states}) => {
    const config = {...layer.config, go_backwards: backwards};
    const inner = scope.inner(`${prefix}_${name}`, layer.className);
    return runLayer(inner, {...layer, config}, [sequence, ...states]);
  });
  const values = [forward.outputs, [...backward.outputs].reverse()].map((outputs, i) =>
    own.boolean('return_sequences', false)
      ? stackSteps(scope, outputs)
      : i === 0
        ? outputs[outputs.length - 1]
        : outputs[0],
  );
  const merged = mergeDirections(scope, settings, values[0], values[1]);
  const states = own.boolean('return_state', false) ? [...forward.states, ...backward.states] : [];
  return [...merged, ...states];
}

function mergeDirections(
  scope: LayerScope,
  settings: Settings,
  forward: Traced,
  backward: Traced,
): Traced[] {
  const mode =
    settings.config['merge_mode'] === null ? '' : settings.keyword('merge_mode', 'concat');
  const sum = () => scope.op('AddV2', [forward, backward], forward.shape);
  switch (mode) {
    case 'concat':
      return [concat(scope, [forward, backward], forward.shape.length - 1)];
    case 'sum':
      return [sum()];
    case 'ave':
      return [scope.op('Mul', [sum(), scope.scalar('ave/y', 0.5)], forward.shape)];
    case 'mul':
      return [times(scope, forward, backward)];
    case '':
      return [forward, backward];
    default:
      return scope.fail(`merges by '${mode}'; it must be sum, mul, concat, ave or null`);
  }
}
