/** The integers a quantized value may take: {min, …, max}. */
export interface Grid {
  readonly min: number;
  readonly max: number;
}

/** All of int8. */
export const INT8: Grid = {min: -128, max: 127};

/** The narrowest and widest grids that int8 storage serves. */
export const MIN_BITS = 2;
export const MAX_BITS = 8;

/** The widest grid of a simulation in float32. */
export const MAX_SIMULATED_BITS = 16;

/**
 * The grid of `bits` bits.
 *
 * @param bits 2 … 8 in int8 storage, 2 … 16 in a simulation
 * @param narrow leave out the lowest integer, so that the grid is symmetric about 0 (symmetric weights)
 * @example gridOfBits(8); // => {min: -128, max: 127}
 * @example gridOfBits(4, true); // => {min: -7, max: 7}
 */
export function gridOfBits(bits: number, narrow = false): Grid {
  const half = 2 ** (bits - 1);
  return {min: narrow ? 1 - half : -half, max: half - 1};
}
