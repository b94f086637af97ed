import {conv2d, conv2d_scratch_bytes} from './conv2d';
import {Filter} from './filter';
import {RowPhase, TransposedSpec} from './structs';

/** Bytes of scratch for {@link transposed_conv2d}. */
export function transposed_conv2d_scratch_bytes(spec: TransposedSpec): i32 {
  let lineBytes = 0;
  for (let i = 0; i < spec.strideHeight; i++) lineBytes = max(lineBytes, phaseBytes(spec.phase(i)));
  return convolutionBytes(spec) + lineBytes;
}

/** Bytes of scratch for the convolution of any phase, a multiple of 16. */
function convolutionBytes(spec: TransposedSpec): i32 {
  let bytes = 0;
  for (let i = 0; i < spec.strideHeight; i++) {
    const phase = spec.phase(i);
    bytes = max(bytes, conv2d_scratch_bytes(changetype<Filter>(phase.filter), phase.geometry));
  }
  return (bytes + 15) & ~15;
}

/** Bytes of one row that a phase makes. */
function phaseBytes(phase: RowPhase): i32 {
  const filter = changetype<Filter>(phase.filter);
  return phase.geometry.outWidth * filter.channels * filter.stage.elementBytes;
}

/**
 * qs8_qc8w_deconv2d: x int8 NHWC → y NHWC, rows `begin` … `end` of the batch · outHeight. Each is a row of its phase's
 * convolution, made in place where that begins and ends with it, and else beside it.
 */
export function transposed_conv2d(
  x: usize,
  y: usize,
  spec: TransposedSpec,
  scratch: usize,
  begin: i32,
  end: i32,
): void {
  const line = scratch + convolutionBytes(spec);
  for (let row = begin; row < end; row++) {
    const image = row / spec.outHeight;
    const padded = row - image * spec.outHeight + spec.padTop;
    const i = padded % spec.strideHeight;
    const phase = spec.phase(i);
    const geometry = phase.geometry;
    const filter = changetype<Filter>(phase.filter);
    const first = (spec.padTop - i + spec.strideHeight - 1) / spec.strideHeight;
    const own = image * geometry.outHeight + padded / spec.strideHeight - first;
    const ownBytes = phaseBytes(phase);
    const pixelBytes = spec.channels * filter.stage.elementBytes;
    const rowBytes = spec.outWidth * pixelBytes;
    const target = y + row * rowBytes;
    const at = ownBytes == rowBytes ? target : line;
    const pixels = geometry.outWidth;
    conv2d(x, filter, at - own * ownBytes, geometry, scratch, own * pixels, (own + 1) * pixels);
    if (at != target) memory.copy(target, line + spec.cropLeft * pixelBytes, rowBytes);
  }
}
