import {factorAt, Filter} from './filter';
import {SPLIT} from './pack_depthwise';
import {GROUP} from './stage';

/**
 * The inverse of `pack_gemm` and `pack_depthwise`: [depth, C] int8.
 *
 * @param depth of the spec that was packed: the filter has it padded
 * @param zeroPoint int32 [C], of the same
 */
export function unpack_filter(filter: Filter, depth: i32, zeroPoint: usize, values: usize): void {
  const channels = filter.channels;
  const laneBytes = <i32>filter.run * filter.weightBytes;
  for (let c = 0; c < channels; c++) {
    const zero = load<i32>(zeroPoint + (c << 2));
    const group = filter.weights + (c / GROUP) * filter.groupBytes;
    const weights = group + (c % GROUP) * laneBytes;
    for (let k = 0; k < depth; k++) {
      let weight = packedWeight(filter, weights, k);
      if (filter.isSplit) {
        for (let part = 1; part < SPLIT; part++)
          weight += packedWeight(filter, weights, k + part * depth);
        weight += zero;
      }
      if (filter.weightBytes == 2) weight = weight / factorAt(filter, c) + zero;
      store<i8>(values + k * channels + c, <i8>weight);
    }
  }
}

function packedWeight(filter: Filter, lane: usize, k: i32): i32 {
  const run = <i32>filter.run;
  const i = (k / run) * GROUP * run + (k % run);
  return filter.weightBytes == 1 ? load<i8>(lane + i) : load<i16>(lane + (i << 1));
}
