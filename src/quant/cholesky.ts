/**
 * The inverse of the Cholesky factor of a symmetric positive definite matrix: A⁻¹ = Mᵀ M, M lower
 * triangular.
 *
 * @param matrix A, [n, n]; only its lower half is read
 * @returns M, [n, n]
 */
export function inverseCholesky(matrix: Float64Array, n: number): Float64Array {
  return invertLower(cholesky(matrix, n), n);
}

/** L with A = L Lᵀ. */
function cholesky(matrix: Float64Array, n: number): Float64Array {
  const factor = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * n + j];
      for (let k = 0; k < j; k++) sum -= factor[i * n + k] * factor[j * n + k];
      factor[i * n + j] = i === j ? Math.sqrt(sum) : sum / factor[j * n + j];
    }
  }
  return factor;
}

/** Row by row: L[i] · M = e[i]. */
function invertLower(factor: Float64Array, n: number): Float64Array {
  const inverse = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) {
      const weight = factor[i * n + k];
      for (let j = 0; j <= k; j++) inverse[i * n + j] -= weight * inverse[k * n + j];
    }
    inverse[i * n + i] = 1;
    for (let j = 0; j <= i; j++) inverse[i * n + j] /= factor[i * n + i];
  }
  return inverse;
}
