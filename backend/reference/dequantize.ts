/** (1): y = scale · (x − zeroPoint). The product is exact in float64, and rounded once to float32. */
export function dequantize(
  x: Int8Array,
  y: Float32Array,
  {scale, zeroPoint}: {scale: number; zeroPoint: number},
): void {
  for (let i = 0; i < y.length; i++) y[i] = scale * (x[i] - zeroPoint);
}
