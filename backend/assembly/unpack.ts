import {factorAt, Filter} from './filter';
import {PAIR_BYTES} from './pack_depthwise';
import {rowBytes} from './rows';
import {GROUP} from './stage';

/**
 * The inverse of `pack_gemm` and `pack_depthwise`: [depth, C] int8.
 *
 * @param depth of the spec that was packed: the filter has it padded
 * @param zeroPoint int32 [C], of the same
 */
export function unpack_filter(filter: Filter, depth: i32, zeroPoint: usize, values: usize): void {
  if (filter.isBytes) unpackInt8(filter, depth, values);
  else unpackInt16(filter, depth, zeroPoint, values);
}

/** [C / 8][depth / 2][8][2] int16, of both kinds of filter. */
function unpackInt16(filter: Filter, depth: i32, zeroPoint: usize, values: usize): void {
  const channels = filter.channels;
  const groupBytes = (filter.depth >> 1) * PAIR_BYTES;
  for (let c = 0; c < channels; c++) {
    const factor = factorAt(filter, c);
    const zero = load<i32>(zeroPoint + (c << 2));
    const weights = filter.weights + (c / GROUP) * groupBytes + ((c % GROUP) << 2);
    for (let k = 0; k < depth; k++) {
      const weight = load<i16>(weights + (k >> 1) * PAIR_BYTES + ((k & 1) << 1));
      store<i8>(values + k * channels + c, <i8>(weight / factor + zero));
    }
  }
}

/** [C / 8]([depth / 4][8][4] int8, …) */
function unpackInt8(filter: Filter, depth: i32, values: usize): void {
  const channels = filter.channels;
  const groupBytes = rowBytes(filter.depth) * GROUP;
  for (let c = 0; c < channels; c++) {
    const weights = filter.weights + (c / GROUP) * groupBytes + ((c % GROUP) << 2);
    for (let k = 0; k < depth; k++) {
      store<i8>(values + k * channels + c, load<i8>(weights + (k >> 2) * (GROUP * 4) + (k & 3)));
    }
  }
}
