/** A figure to one decimal; undefined where it is not finite, and JSON could not hold it. */
export function tenth(value: number | undefined): number | undefined {
  return value !== undefined && Number.isFinite(value) ? Number(value.toFixed(1)) : undefined;
}

/** Four significant digits: what a reader can use, and a file should hold. */
export function significant(value: number): number {
  return Number(value.toPrecision(4));
}
