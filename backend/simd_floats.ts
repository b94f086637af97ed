import type {ChannelStep, ChannelSums, ErrorSums, RealGrid, StatisticsLoops} from '../src/ops.js';
import {SimdArena} from './simd_arena.js';
import {SimdMemory} from './simd_memory.js';
import {instantiateSimd, type SimdExports} from './simd_module.js';

/** Of a vector. */
const LANES = 4;

const STEPS = {add: 'float_add', maximum: 'float_maximum', minimum: 'float_minimum'} as const;

/** Values whose powers `scalarLoops` sums up at a time. */
const ERROR_BLOCK = 4096;

/** Rows of a piece are a multiple of those that `scalarLoops` sums up at a time. */
const BLOCK = 64;

/** Values of a piece, about: few enough to stay in the processor's cache. */
const PIECE = 8192;

/**
 * Loops of backend/assembly over float32 arrays that lie elsewhere, on the JavaScript heap or in the memory of
 * tfjs-backend-wasm: they are copied piece by piece. All have channels last, in whole rows.
 *
 * The copies go to a memory of their own that is not shared with threads, which takes a quarter of the time.
 */
export function simdFloats(instance = instantiateSimd(false)): StatisticsLoops | undefined {
  if (instance === undefined) return undefined;
  const {exports, memory} = instance;
  return new SimdFloats(exports, new SimdMemory(memory, exports.heap_base()));
}

class SimdFloats implements StatisticsLoops {
  private readonly arena: SimdArena;

  constructor(
    private readonly exports: SimdExports,
    private readonly memory: SimdMemory,
  ) {
    this.arena = new SimdArena(memory);
  }

  addMoments(values: Float32Array, sums: ChannelSums): void {
    const channels = sums.sum.length;
    const moments = this.moments(sums);
    this.forEachPiece(values, channels, (x, rows) => moments.add(x, rows));
    moments.end();
    this.arena.end();
  }

  applySteps(
    x: Float32Array,
    y: Float32Array,
    channels: number,
    steps: readonly ChannelStep[],
  ): void {
    const loops = steps.map(({op, values, sums}) => ({
      ...this.stepLoop(op, values),
      moments: sums && this.moments(sums),
    }));
    this.forEachPiece(x, channels, (at, rows, first) => {
      const count = rows * channels;
      for (const {run, values, period, moments} of loops) {
        run(at, values, count, period);
        moments?.add(at, rows);
      }
      y.set(this.memory.floats.subarray(at >> 2, (at >> 2) + count), first * channels);
    });
    for (const {moments} of loops) moments?.end();
    this.arena.end();
  }

  addRows(values: Float32Array, sums: Float64Array): void {
    const sumsAt = this.float64(sums);
    this.forEachPiece(values, sums.length, (x, rows) =>
      this.exports.add_rows(x, rows, sums.length, sumsAt),
    );
    copyBack(this.memory.doubles, sumsAt >> 3, sums);
    this.arena.end();
  }

  maskAbove(values: Float32Array, bounds: Float32Array, counts: Int32Array): Uint8Array {
    const channels = bounds.length;
    const rowBytes = Math.ceil(channels / 8);
    const mask = new Uint8Array((values.length / channels) * rowBytes);
    const boundsAt = this.float32(bounds);
    const countsAt = this.arena.int32(counts);
    const maskAt = this.arena.take(rowsOfPiece(values, channels) * rowBytes);
    this.forEachPiece(values, channels, (x, rows, first) => {
      this.exports.mask_above(x, rows, channels, boundsAt, maskAt, countsAt);
      const {bytes} = this.memory;
      mask.set(bytes.subarray(maskAt, maskAt + rows * rowBytes), first * rowBytes);
    });
    copyBack(this.memory.ints, countsAt >> 2, counts);
    this.arena.end();
    return mask;
  }

  addMasked(values: Float32Array, mask: Uint8Array, sums: Float64Array): void {
    const channels = sums.length;
    const rowBytes = Math.ceil(channels / 8);
    const sumsAt = this.float64(sums);
    const maskAt = this.arena.take(rowsOfPiece(values, channels) * rowBytes);
    this.forEachPiece(values, channels, (x, rows, first) => {
      const bits = mask.subarray(first * rowBytes, (first + rows) * rowBytes);
      this.memory.bytes.set(bits, maskAt);
      this.exports.add_masked(x, rows, channels, maskAt, sumsAt);
    });
    copyBack(this.memory.doubles, sumsAt >> 3, sums);
    this.arena.end();
  }

  addErrors(reference: Float32Array, actual: Float32Array, sums: ErrorSums): void {
    const y = this.arena.take(4 * ERROR_BLOCK);
    this.forEachBlock(reference, sums, (x, count, first, sumsAt) => {
      this.memory.floats.fill(0, (y >> 2) + count, (y >> 2) + padded(count));
      this.memory.floats.set(actual.subarray(first, first + count), y >> 2);
      this.exports.errors(x, y, padded(count), sumsAt);
    });
  }

  addGridErrors(reference: Float32Array, grid: RealGrid, sums: ErrorSums): void {
    const {scale, zeroPoint, min, max} = grid;
    this.forEachBlock(reference, sums, (x, count, _, sumsAt) =>
      this.exports.grid_errors(x, padded(count), scale, zeroPoint, min, max, sumsAt),
    );
  }

  /** @param visit gets the address of a copy of a block with zeros behind it, and that of the sums to add to */
  private forEachBlock(
    reference: Float32Array,
    sums: ErrorSums,
    visit: (x: number, count: number, first: number, sumsAt: number) => void,
  ): void {
    const x = this.arena.take(4 * ERROR_BLOCK);
    const sumsAt = this.float64(Float64Array.of(sums.signal, sums.noise));
    for (let first = 0; first < reference.length; first += ERROR_BLOCK) {
      const count = Math.min(ERROR_BLOCK, reference.length - first);
      this.memory.floats.fill(0, (x >> 2) + count, (x >> 2) + padded(count));
      this.memory.floats.set(reference.subarray(first, first + count), x >> 2);
      visit(x, count, first, sumsAt);
    }
    [sums.signal, sums.noise] = this.memory.doubles.subarray(sumsAt >> 3, (sumsAt >> 3) + 2);
    this.arena.end();
  }

  /** The loop of a step, and where its values are: repeated, so that vectors may begin at any of them. */
  private stepLoop(op: ChannelStep['op'], given: Float32Array) {
    const period = given.length * Math.ceil(LANES / given.length);
    const repeated = new Float32Array(period + LANES - 1);
    for (let i = 0; i < repeated.length; i++) repeated[i] = given[i % given.length];
    return {run: this.exports[STEPS[op]], values: this.float32(repeated), period};
  }

  /** Sums that are kept in the arena until the end. */
  private moments({sum, squares, min, max}: ChannelSums) {
    const {exports} = this;
    const channels = sum.length;
    const [sumAt, squaresAt] = [sum, squares].map(all => this.float64(all));
    const [minAt, maxAt] = [min, max].map(all => this.float32(all));
    return {
      add: (x: number, rows: number) =>
        exports.moments(x, rows, channels, sumAt, squaresAt, minAt, maxAt),
      end: () => {
        const {floats, doubles} = this.memory;
        copyBack(doubles, sumAt >> 3, sum);
        copyBack(doubles, squaresAt >> 3, squares);
        copyBack(floats, minAt >> 2, min);
        copyBack(floats, maxAt >> 2, max);
      },
    };
  }

  /** @param visit gets the address of a copy of some rows, how many they are, and the number of the first */
  private forEachPiece(
    values: Float32Array,
    channels: number,
    visit: (x: number, rows: number, first: number) => void,
  ): void {
    const rows = values.length / channels;
    const most = rowsOfPiece(values, channels);
    const x = this.arena.take(4 * (most * channels + LANES - 1));
    for (let first = 0; first < rows; first += most) {
      const end = Math.min(first + most, rows);
      this.memory.floats.set(values.subarray(first * channels, end * channels), x >> 2);
      visit(x, end - first, first);
    }
  }

  /** A copy in the arena; float64 values are rounded. */
  private float32(values: ArrayLike<number>): number {
    const at = this.arena.take(4 * values.length);
    this.memory.floats.set(values, at >> 2);
    return at;
  }

  private float64(values: Float64Array): number {
    const at = this.arena.take(8 * values.length);
    this.memory.doubles.set(values, at >> 3);
    return at;
  }
}

/** A count of whole vectors. */
function padded(count: number): number {
  return LANES * Math.ceil(count / LANES);
}

function rowsOfPiece(values: Float32Array, channels: number): number {
  const most = BLOCK * Math.max(1, Math.floor(PIECE / (BLOCK * channels)));
  return Math.min(most, values.length / channels);
}

function copyBack(
  from: Float32Array | Float64Array | Int32Array,
  at: number,
  to: Float64Array | Int32Array,
): void {
  to.set(from.subarray(at, at + to.length));
}
