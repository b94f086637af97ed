import {factorsAt, Filter, packHeader, weightsAt} from './filter';
import {paddedDepth} from './rows';
import {LARGEST_FACTOR} from './single';
import {GROUP} from './stage';
import {FilterSpec, StageSpec} from './structs';

/** Two k of a group: [8][2] int16. */
const PAIR_BYTES: i32 = GROUP * 4;

/**
 * [K, N] int8 → [N / 8][K / 2][8][2] int16, zero points subtracted: what two `dot` of eight channels take is 32 bytes
 * in a row. Where k ≥ K there is 0, so that x may hold anything there; where c ≥ N there is anything, since no output
 * comes of it.
 */
export function packInt16(
  filter: Filter,
  spec: FilterSpec,
  stage: StageSpec,
  scratch: usize,
): void {
  packHeader(filter, spec, stage, spec.bias, scratch, LARGEST_FACTOR);
  filter.depth = paddedDepth(spec.depth);
  let w = filter.weights;
  for (let c = 0; c < spec.channels; c += GROUP) {
    const factors = factorsAt(filter, c);
    for (let k = 0; k < filter.depth; k += 2, w += PAIR_BYTES) {
      const even = scaledWeights(spec, k, c, factors);
      const odd = scaledWeights(spec, k + 1, c, factors);
      v128.store(w, i16x8.shuffle(even, odd, 0, 8, 1, 9, 2, 10, 3, 11));
      v128.store(w, i16x8.shuffle(even, odd, 4, 12, 5, 13, 6, 14, 7, 15), 16);
    }
  }
}

function scaledWeights(spec: FilterSpec, k: i32, c: i32, factors: v128): v128 {
  if (k >= spec.depth) return i16x8.splat(0);
  return i16x8.mul(weightsAt(spec, k, c), factors);
}
