import {factorAt, Filter} from './filter';
import {GROUP} from './stage';

/**
 * The inverse of `pack_gemm` and `pack_depthwise`: [depth, C] int8.
 *
 * @param depth of the spec that was packed: the filter has it padded
 * @param zeroPoint int32 [C], of the same
 */
export function unpack_filter(filter: Filter, depth: i32, zeroPoint: usize, values: usize): void {
  const channels = filter.channels;
  const run = <i32>filter.run;
  const bytes = <i32>filter.weightBytes;
  for (let c = 0; c < channels; c++) {
    const zero = load<i32>(zeroPoint + (c << 2));
    const group = filter.weights + (c / GROUP) * filter.groupBytes;
    const weights = group + (c % GROUP) * run * bytes;
    for (let k = 0; k < depth; k++) {
      const at = weights + ((k / run) * GROUP * run + (k % run)) * bytes;
      const weight = bytes == 1 ? load<i8>(at) : <i8>(load<i16>(at) / factorAt(filter, c) + zero);
      store<i8>(values + k * channels + c, weight);
    }
  }
}
