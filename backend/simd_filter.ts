import type {FilterSpec, OutputStage, PackedFilter} from './microkernels.js';
import type {SimdArena} from './simd_arena.js';
import type {SimdMemory} from './simd_memory.js';
import type {SimdExports} from './simd_module.js';
import {stageRecord} from './simd_records.js';
import {phaseSpecs, SimdTransposedFilter} from './simd_transposed.js';

/** A filter in WASM memory, as backend/assembly/filter.ts lays it out. */
export class SimdFilter implements PackedFilter {
  isFree = false;
  /** What of the spec is needed to unpack: undefined where there are no weights. */
  source?: {readonly depth: number; readonly zeroPoint: Int32Array};

  constructor(
    readonly memory: SimdMemory,
    readonly offset: number,
    readonly bytes: number,
    /** Channels of x; K of a matrix. */
    readonly inChannels: number,
    readonly outChannels: number,
  ) {}
}

/** Packs filters into `memory`, and frees them. */
export class SimdFilters {
  constructor(
    private readonly exports: SimdExports,
    private readonly memory: SimdMemory,
    private readonly arena: SimdArena,
  ) {}

  packConv2D(spec: FilterSpec): SimdFilter {
    const depth = spec.height * spec.width * spec.inChannels;
    const bytes = this.exports.pack_gemm_bytes(depth, spec.outChannels);
    return this.pack(spec, depth, bytes, (...addresses) => this.exports.pack_gemm(...addresses));
  }

  packDepthwise(spec: FilterSpec): SimdFilter {
    const taps = spec.height * spec.width;
    const bytes = this.exports.pack_depthwise_bytes(taps, spec.outChannels);
    const is3x3 = spec.height === 3 && spec.width === 3;
    return this.pack(spec, taps, bytes, (...addresses) =>
      this.exports.pack_depthwise(...addresses, is3x3),
    );
  }

  packTransposedConv2D(spec: FilterSpec, strides: readonly [number, number]): SimdTransposedFilter {
    const phases = phaseSpecs(spec, strides).map(phase => this.packConv2D(phase));
    return new SimdTransposedFilter(phases, strides, spec);
  }

  packPRelu(stage: OutputStage): SimdFilter {
    const channels = stage.mantissa.length;
    const filter = this.allocate(this.exports.pack_prelu_bytes(channels), channels, channels);
    this.exports.pack_prelu(filter.offset, stageRecord(this.arena, stage, false), channels);
    this.arena.end();
    return filter;
  }

  /** @throws Error if the filter was packed by another implementation, or freed */
  own(filter: PackedFilter): SimdFilter {
    if (!(filter instanceof SimdFilter) || filter.memory !== this.memory) {
      throw new Error('filter was packed by another implementation');
    }
    if (filter.isFree) throw new Error('filter is freed');
    return filter;
  }

  /** As {@link own}, of a filter for transposed convolutions. */
  ownTransposed(filter: PackedFilter): SimdTransposedFilter {
    if (!(filter instanceof SimdTransposedFilter)) {
      throw new Error('filter was packed for another microkernel');
    }
    for (const phase of filter.phases) this.own(phase);
    return filter;
  }

  /** @throws Error if the filter has no weights, or as {@link own} */
  values(filter: PackedFilter): Int8Array {
    if (filter instanceof SimdTransposedFilter) {
      return filter.join(filter.phases.map(phase => this.values(phase)));
    }
    const {offset, outChannels, source} = this.own(filter);
    if (source === undefined) throw new Error('filter has no weights');
    const {arena} = this;
    const count = source.depth * outChannels;
    const zeroPoint = arena.int32(source.zeroPoint);
    const values = arena.take(count);
    this.exports.unpack_filter(offset, source.depth, zeroPoint, values);
    const result = this.memory.bytes.slice(values, values + count);
    arena.end();
    return result;
  }

  free(filter: PackedFilter): void {
    if (filter instanceof SimdTransposedFilter) {
      for (const phase of filter.phases) this.free(phase);
      return;
    }
    const {offset, bytes} = this.own(filter);
    this.own(filter).isFree = true;
    this.memory.release(offset, bytes);
  }

  private pack(
    spec: FilterSpec,
    depth: number,
    bytes: number,
    write: (filter: number, spec: number, stage: number, scratch: number) => void,
  ): SimdFilter {
    const {arena} = this;
    const filter = this.allocate(bytes, spec.inChannels, spec.outChannels);
    filter.source = {depth, zeroPoint: spec.zeroPoint.slice()};
    const values = arena.int8(spec.values);
    const zeroPoint = arena.int32(spec.zeroPoint);
    const bias = arena.int32(spec.bias);
    const record = [values, zeroPoint, bias, depth, spec.outChannels, spec.xZeroPoint];
    const stage = stageRecord(arena, spec.stage);
    const scratch = arena.take(this.exports.pack_scratch_bytes());
    write(filter.offset, arena.int32(record), stage, scratch);
    arena.end();
    return filter;
  }

  private allocate(bytes: number, inChannels: number, outChannels: number): SimdFilter {
    const offset = this.memory.reserve(bytes);
    return new SimdFilter(this.memory, offset, bytes, inChannels, outChannels);
  }
}
