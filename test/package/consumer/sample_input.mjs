/** The same image everywhere: [2, 16, 16, 3], within [−1, 1]. */
export function sampleInput(tf) {
  const values = Float32Array.from(
    {length: 2 * 16 * 16 * 3},
    (_, i) => ((i * 7919) % 511) / 255 - 1,
  );
  return tf.tensor4d(values, [2, 16, 16, 3]);
}
