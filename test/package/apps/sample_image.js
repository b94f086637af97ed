/** The same picture everywhere: [1, 64, 64, 3], within [−1, 1]. */
export function sampleImage(tf) {
  const values = Float32Array.from({length: 64 * 64 * 3}, (_, i) => ((i * 7919) % 511) / 255 - 1);
  return tf.tensor4d(values, [1, 64, 64, 3]);
}
