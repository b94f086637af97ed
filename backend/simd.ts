import type {StatisticsLoops} from '../src/ops.js';
import type {
  Binary,
  BroadcastPlan,
  ConvGeometry,
  Microkernels,
  PackedFilter,
  PoolGeometry,
  Unary,
} from './microkernels.js';
import {SimdArena} from './simd_arena.js';
import {type Extent, floatField, type Opcode} from './simd_command.js';
import {SimdFilters} from './simd_filter.js';
import {simdFloats} from './simd_floats.js';
import {SimdMemory} from './simd_memory.js';
import {instantiateSimd, type SimdInstance} from './simd_module.js';
import * as records from './simd_records.js';
import {type Executor, SimdRunner, singleThread} from './simd_runner.js';

/** Channels of a group, elements of a vector. */
const GROUP = 8;
const VECTOR = 16;

/** With fewer rows than these, a matrix product is split by channels, which shares out the weights. */
const MANY_ROWS = 16;

/** What one tap of a depthwise filter or a pool, and one element of another kernel cost, in multiply-accumulates. */
const TAP = 3;
const ELEMENT = 16;

/** What a byte costs that is only moved. */
const COPIED = 8;

/**
 * The microkernels of backend/assembly: the bits of `reference()`, from WebAssembly SIMD. Each call makes an
 * implementation with a memory of its own.
 *
 * @param executorOf who runs the commands
 * @param instance one with a memory that nobody else uses
 * @returns undefined where WebAssembly or its SIMD is missing
 */
export function simd(
  executorOf: (instance: SimdInstance) => Executor = singleThread,
  instance = instantiateSimd(),
): Microkernels | undefined {
  if (instance === undefined) return undefined;
  const {name, exports} = instance;
  const tileRows = exports.tile_rows();
  const memory = new SimdMemory(instance.memory, exports.heap_base());
  const filters = new SimdFilters(exports, memory, new SimdArena(memory));
  let floats: StatisticsLoops | undefined;
  const runner = new SimdRunner(exports, memory, executorOf(instance));

  const unary = (opcode: Opcode, extent: Extent, parameters: number[]): Unary => {
    const command = runner.command(opcode, extent, parameters);
    return (x, y) => runner.run(command, memory.address(x), 0, memory.address(y));
  };
  const binary = (opcode: Opcode, extent: Extent, parameters: number[]): Binary => {
    const command = runner.command(opcode, extent, parameters);
    return (a, b, y) =>
      runner.run(command, memory.address(a), memory.address(b), memory.address(y));
  };
  /** @param parameters those that follow the filter's address */
  const filtering = (
    opcode: Opcode,
    extent: Extent,
    filter: PackedFilter,
    parameters: number[],
  ): Unary => {
    const packed = filters.own(filter);
    const loop = unary(opcode, extent, [packed.offset, ...parameters]);
    return (x, y) => {
      filters.own(packed);
      loop(x, y);
    };
  };
  const broadcasting = (opcode: Opcode, plan: BroadcastPlan, parameters: number[] = []) =>
    binary(opcode, elements(plan.outer * plan.middle * plan.inner), [
      ...records.planFields(plan),
      ...parameters,
    ]);
  const matMul = (filter: PackedFilter, rows: number): Unary => {
    const {inChannels: depth, outChannels} = filters.own(filter);
    const cost = rows * depth * outChannels;
    return rows < MANY_ROWS
      ? filtering(
          'matMulChannels',
          {units: Math.ceil(outChannels / GROUP), grain: 1, cost},
          filter,
          [rows, depth],
        )
      : filtering('matMul', {units: rows, grain: tileRows, cost}, filter, [rows, depth]);
  };

  return {
    name,
    memory,
    get floats() {
      return (floats ??= simdFloats());
    },
    ...heapLoops(memory, runner),
    lookup: count => binary('lookup', elements(count), []),

    copy(plan) {
      const [{size: units}] = plan.axes;
      const bytes = plan.axes.reduce((product, {size}) => product * size, 1);
      // Threads that split the axis of a transposition get whole blocks of it.
      const grain = plan.axes.length === 2 ? GROUP : 1;
      return unary('copy', {units, grain, cost: bytes * COPIED}, records.copyFields(plan));
    },

    packConv2D: spec => filters.packConv2D(spec),
    packDepthwise: spec => filters.packDepthwise(spec),
    packTransposedConv2D: (spec, strides) => filters.packTransposedConv2D(spec, strides),
    packPRelu: stage => filters.packPRelu(stage),
    filterValues: filter => filters.values(filter),
    freeFilter: filter => filters.free(filter),
    conv2D(filter, geometry) {
      const units = geometry.batch * geometry.outHeight * geometry.outWidth;
      if (isPointwise(geometry)) return matMul(filter, units);
      const taps = geometry.filterHeight * geometry.filterWidth * geometry.inChannels;
      const extent = {units, grain: tileRows, cost: units * taps * geometry.outChannels};
      return filtering('conv2D', extent, filter, records.geometryFields(geometry));
    },
    depthwiseConv2D: (filter, geometry) =>
      filtering(
        'depthwise',
        windowRows(geometry, geometry.outChannels),
        filter,
        records.geometryFields(geometry),
      ),
    transposedConv2D(filter, geometry) {
      const packed = filters.ownTransposed(filter);
      const units = geometry.batch * geometry.outHeight;
      const pixels = geometry.batch * geometry.inHeight * geometry.inWidth;
      const taps = geometry.filterHeight * geometry.filterWidth;
      const cost = pixels * taps * geometry.inChannels * geometry.outChannels;
      const extent = {units, grain: 1, cost};
      const loop = unary('transposedConv2D', extent, packed.fields(geometry));
      return (x, y) => {
        filters.ownTransposed(packed);
        loop(x, y);
      };
    },
    matMul,
    prelu(filter, rows, xZeroPoint) {
      const cost = rows * filters.own(filter).inChannels * ELEMENT;
      return filtering('prelu', {units: rows, grain: 1, cost}, filter, [xZeroPoint]);
    },

    add: (plan, operands) => broadcasting('add', plan, records.addFields(operands)),
    mul: (plan, aZeroPoint, bZeroPoint, stage) =>
      broadcasting('mul', plan, [aZeroPoint, bZeroPoint, ...records.scalarStageFields(stage)]),
    maximum: plan => broadcasting('maximum', plan),
    minimum: plan => broadcasting('minimum', plan),

    maxPool: geometry =>
      unary('maxPool', windowRows(geometry, geometry.channels), [
        0,
        ...records.poolFields(geometry),
      ]),
    avgPool: (geometry, xZeroPoint, stages) =>
      unary('avgPool', windowRows(geometry, geometry.channels), [
        xZeroPoint,
        ...records.poolFields(geometry),
        ...stages.flatMap(records.scalarStageFields),
      ]),
    mean({outer, reduced, inner}, xZeroPoint, stage) {
      const extent = {units: outer * inner, grain: GROUP, cost: outer * inner * reduced};
      return unary('mean', extent, [
        reduced,
        inner,
        xZeroPoint,
        ...records.scalarStageFields(stage),
      ]);
    },
    resize(sizes, rows, columns) {
      const units = sizes.batch * rows.low.length;
      const cost = units * columns.low.length * sizes.channels * ELEMENT;
      const extent = {units, grain: 1, cost};
      return unary('resize', extent, records.resizeFields(sizes, rows, columns));
    },
    softmax(rows, channels, exponentials, {levels, zeroPoint, hi}) {
      const extent = {units: rows, grain: 1, cost: rows * channels * ELEMENT};
      return unary('softmax', extent, [channels, levels, zeroPoint, hi, ...exponentials]);
    },
  };
}

/** The two microkernels that meet arrays of the JavaScript heap. */
function heapLoops(
  memory: SimdMemory,
  runner: SimdRunner,
): Pick<Microkernels, 'quantize' | 'dequantize'> {
  return {
    quantize(count, {inverseScale, zeroPoint, lo, hi}) {
      const parameters = [floatField(inverseScale), zeroPoint, lo, hi];
      const command = runner.command('quantize', elements(count), parameters);
      return (x, y) => {
        const at = runner.operand(command, 4 * count);
        memory.floats.set(x, at >> 2);
        runner.run(command, at, 0, memory.address(y));
      };
    },
    dequantize(count, {scale, zeroPoint}) {
      const parameters = [floatField(scale), zeroPoint, 0, 0];
      const command = runner.command('dequantize', elements(count), parameters);
      return (x, y) => {
        // The kernel writes whole vectors.
        const at = runner.operand(command, 4 * VECTOR * Math.ceil(count / VECTOR));
        runner.run(command, memory.address(x), 0, at);
        y.set(memory.floats.subarray(at >> 2, (at >> 2) + count));
      };
    },
  };
}

function elements(count: number): Extent {
  return {units: count, grain: VECTOR, cost: count * ELEMENT};
}

/** Rows of the result of a window that slides over each channel by itself. */
function windowRows(window: Omit<PoolGeometry, 'channels'>, channels: number): Extent {
  const units = window.batch * window.outHeight;
  const taps = window.filterHeight * window.filterWidth;
  return {units, grain: 1, cost: units * window.outWidth * channels * taps * TAP};
}

/** Whether each output pixel sees just the input pixel of the same place, so that rows are pixels. */
function isPointwise(geometry: ConvGeometry): boolean {
  return (
    geometry.filterHeight * geometry.filterWidth === 1 &&
    geometry.strideHeight * geometry.strideWidth === 1 &&
    geometry.inHeight === geometry.outHeight &&
    geometry.inWidth === geometry.outWidth &&
    geometry.padTop === 0 &&
    geometry.padLeft === 0
  );
}
