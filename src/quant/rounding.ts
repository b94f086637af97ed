/**
 * Nearest integer, halves towards +∞: ⌊x + ½⌋. The one rounding of this project: integer kernels get it
 * from an added half and an arithmetic shift, so the float side uses it too.
 *
 * @example roundHalfUp(-2.5); // => -2
 */
export function roundHalfUp(x: number): number {
  return Math.floor(x + 0.5) + 0; // + 0: never −0
}
