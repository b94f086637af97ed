import type {Block, ConvGeometry, Microkernels} from './microkernels.js';
import {SimdArena} from './simd_arena.js';
import {SimdFilters} from './simd_filter.js';
import {SimdMemory} from './simd_memory.js';
import {instantiateSimd, type SimdExports} from './simd_module.js';
import * as records from './simd_records.js';

/** Floats pass through WASM memory so many at a time: 64 KiB, which stay in the second-level cache. */
const FLOATS = 16384;

/**
 * The microkernels of backend/assembly: the bits of `reference()`, from WebAssembly SIMD. Each call makes an
 * implementation with a memory of its own.
 *
 * @returns undefined where WebAssembly or its SIMD is missing
 */
export function simd(): Microkernels | undefined {
  const instance = instantiateSimd();
  if (instance === undefined) return undefined;
  const {exports} = instance;
  const memory = new SimdMemory(instance.memory, exports.heap_base());
  const arena = new SimdArena(memory);
  const filters = new SimdFilters(exports, memory, arena);
  const at = (block: Block) => memory.address(block);
  /** Runs `loop` with fresh scratch. */
  const call = (loop: () => void) => {
    arena.begin();
    loop();
  };
  return {
    name: 'simd',
    memory,
    ...floats(exports, memory, arena),
    lookup: (x, table, y) => exports.lookup(at(x), at(table), at(y), y.bytes),

    packConv2D: spec => filters.packConv2D(spec),
    packDepthwise: spec => filters.packDepthwise(spec),
    freeFilter: filter => filters.free(filter),
    conv2D: (x, filter, y, geometry) =>
      call(() => {
        const packed = filters.own(filter);
        const pixels = geometry.batch * geometry.outHeight * geometry.outWidth;
        if (isPointwise(geometry)) {
          const scratch = arena.take(exports.gemm_scratch_bytes(packed.offset));
          exports.matmul(at(x), packed.offset, at(y), pixels, packed.inChannels, scratch);
        } else {
          const record = records.geometryRecord(arena, geometry);
          const scratch = arena.take(exports.conv2d_scratch_bytes(packed.offset, record));
          exports.conv2d(at(x), packed.offset, at(y), record, scratch, 0, pixels);
        }
      }),
    depthwiseConv2D: (x, filter, y, geometry) =>
      call(() => {
        const record = records.geometryRecord(arena, geometry);
        const scratch = arena.take(exports.depthwise_scratch_bytes(record));
        const rows = geometry.batch * geometry.outHeight;
        exports.depthwise(at(x), filters.address(filter), at(y), record, scratch, 0, rows);
      }),
    matMul: (x, filter, y, rows) =>
      call(() => {
        const {offset, inChannels} = filters.own(filter);
        const scratch = arena.take(exports.gemm_scratch_bytes(offset));
        exports.matmul(at(x), offset, at(y), rows, inChannels, scratch);
      }),

    add: (a, b, y, plan, operands) =>
      call(() => {
        const planAt = records.planRecord(arena, plan);
        const scratch = arena.take(exports.add_scratch_bytes());
        exports.add(at(a), at(b), at(y), planAt, records.addRecord(arena, operands), scratch);
      }),
    mul: (a, b, y, plan, aZeroPoint, bZeroPoint, stage) =>
      call(() => {
        const planAt = records.planRecord(arena, plan);
        const stageAt = records.scalarStageRecords(arena, [stage]);
        const scratch = arena.take(exports.mul_scratch_bytes());
        exports.mul(at(a), at(b), at(y), planAt, aZeroPoint, bZeroPoint, stageAt, scratch);
      }),
    maximum: (a, b, y, plan) =>
      call(() => exports.maximum(at(a), at(b), at(y), records.planRecord(arena, plan))),
    minimum: (a, b, y, plan) =>
      call(() => exports.minimum(at(a), at(b), at(y), records.planRecord(arena, plan))),
    prelu: (x, y, rows, xZeroPoint, stage) =>
      call(() => {
        const channels = stage.mantissa.length;
        const stageAt = records.stageRecord(arena, stage, false);
        const scratch = arena.take(exports.prelu_scratch_bytes(channels));
        exports.prelu(at(x), at(y), rows, channels, xZeroPoint, stageAt, scratch);
      }),

    maxPool: (x, y, geometry) =>
      call(() => {
        const record = records.poolRecord(arena, geometry);
        const scratch = arena.take(exports.max_pool_scratch_bytes(record));
        exports.max_pool(at(x), at(y), record, scratch, 0, geometry.batch * geometry.outHeight);
      }),
    avgPool: (x, y, geometry, xZeroPoint, stages) =>
      call(() => {
        const record = records.poolRecord(arena, geometry);
        const stagesAt = records.scalarStageRecords(arena, stages);
        const scratch = arena.take(exports.avg_pool_scratch_bytes(record));
        const rows = geometry.batch * geometry.outHeight;
        exports.avg_pool(at(x), at(y), record, xZeroPoint, stagesAt, scratch, 0, rows);
      }),
    mean: (x, y, {outer, reduced, inner}, xZeroPoint, stage) =>
      call(() => {
        const stageAt = records.scalarStageRecords(arena, [stage]);
        const scratch = arena.take(exports.mean_scratch_bytes());
        exports.mean(at(x), at(y), outer, reduced, inner, xZeroPoint, stageAt, scratch);
      }),
    resize: (x, y, sizes, rows, columns) =>
      call(() => exports.resize(at(x), at(y), records.resizeRecord(arena, sizes, rows, columns))),
    softmax: (x, y, rows, channels, exponentials, {levels, zeroPoint, hi}) =>
      call(() =>
        exports.softmax(
          at(x),
          at(y),
          rows,
          channels,
          arena.int32(exponentials),
          levels,
          zeroPoint,
          hi,
        ),
      ),
  };
}

/** The two microkernels that meet arrays of the JavaScript heap. */
function floats(
  exports: SimdExports,
  memory: SimdMemory,
  arena: SimdArena,
): Pick<Microkernels, 'quantize' | 'dequantize'> {
  const floatsAt = (address: number, count: number) =>
    new Float32Array(memory.buffer, address, count);
  return {
    quantize(x, y, {inverseScale, zeroPoint, lo, hi}) {
      arena.begin();
      const part = arena.take(FLOATS * 4);
      for (let i = 0; i < x.length; i += FLOATS) {
        const count = Math.min(FLOATS, x.length - i);
        floatsAt(part, count).set(x.subarray(i, i + count));
        exports.quantize(part, memory.address(y) + i, count, inverseScale, zeroPoint, lo, hi);
      }
    },
    dequantize(x, y, {scale, zeroPoint}) {
      arena.begin();
      const part = arena.take(FLOATS * 4);
      for (let i = 0; i < y.length; i += FLOATS) {
        const count = Math.min(FLOATS, y.length - i);
        exports.dequantize(memory.address(x) + i, part, count, scale, zeroPoint);
        y.set(floatsAt(part, count), i);
      }
    },
  };
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
