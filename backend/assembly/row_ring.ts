import {ConvGeometry} from './structs';

/** Vector loads may read this far past the last pixel of a row. */
const SLACK: i32 = 32;

/** Loops that take several columns at a time may read so many pixels past the last row. */
const SLACK_PIXELS: i32 = 2;

/**
 * The input rows that one output row needs, each with its padding written out, so that no window ever leaves a row.
 * Copying costs a hundredth of what the taps cost, and each row is copied once for all the output rows that see it.
 */
@unmanaged
export class RowRing {
  geometry: ConvGeometry;
  /** int8 NHWC, the whole batch. */
  x: usize;
  rows: usize;
  rowBytes: i32;
  rowCount: i32;
  /** Output channels of one input channel; a copied row holds each input channel so many times. */
  multiplier: i32;
  fill: i32;
  image: i32;
  /** The input row of this image that is copied next. */
  next: i32;

  /** The copy of input row `row`, in the padding or not. Valid for the rows of the last {@link advance}. */
  row(row: i32): usize {
    return this.rows + ((row + this.geometry.padTop) % this.rowCount) * this.rowBytes;
  }

  /** Copies what the windows of output row `line`, counted over the batch, need. @returns their first input row */
  advance(line: i32): i32 {
    const geometry = this.geometry;
    const image = line / geometry.outHeight;
    const top = (line - image * geometry.outHeight) * geometry.strideHeight - geometry.padTop;
    if (image != this.image) {
      this.image = image;
      this.next = top;
    }
    const end = top + (geometry.filterHeight - 1) * geometry.dilationHeight + 1;
    for (let row = max(this.next, top); row < end; row++) this.copy(row);
    this.next = end;
    return top;
  }

  /**
   * Writes where the taps of the first window lie, then the last one again: loops over pairs meet it with a weight of 0.
   *
   * @param top what {@link advance} returned
   * @param taps usize [filterHeight · filterWidth + 1]
   */
  locateTaps(top: i32, taps: usize): void {
    const geometry = this.geometry;
    const step = geometry.dilationWidth * geometry.outChannels;
    let tap: usize = 0;
    for (let fy = 0; fy < geometry.filterHeight; fy++) {
      tap = this.row(top + fy * geometry.dilationHeight);
      for (let fx = 0; fx < geometry.filterWidth; fx++) {
        store<usize>(taps, tap);
        taps += sizeof<usize>();
        tap += step;
      }
    }
    store<usize>(taps, tap - step);
  }

  private copy(row: i32): void {
    const geometry = this.geometry;
    const y = this.row(row);
    if (<u32>row >= <u32>geometry.inHeight) {
      memory.fill(y, <u8>this.fill, this.rowBytes);
      return;
    }
    const channels = geometry.inChannels;
    const x = this.x + (this.image * geometry.inHeight + row) * geometry.inWidth * channels;
    const pixelBytes = channels * this.multiplier;
    const left = geometry.padLeft * pixelBytes;
    const bytes = min(geometry.inWidth * pixelBytes, this.rowBytes - left);
    memory.fill(y, <u8>this.fill, left);
    if (this.multiplier == 1) memory.copy(y + left, x, bytes);
    else repeat(x, y + left, bytes, this.multiplier);
    memory.fill(y + left + bytes, <u8>this.fill, this.rowBytes - left - bytes);
  }
}

/** Every byte of x `times` times, until `count` bytes of y are written. */
function repeat(x: usize, y: usize, count: i32, times: i32): void {
  for (let i = 0; i < count; x++) {
    const value = load<i8>(x);
    for (let copy = 0; copy < times && i < count; copy++, i++) store<i8>(y + i, value);
  }
}

function rowBytes(geometry: ConvGeometry): i32 {
  const reach = (geometry.filterWidth - 1) * geometry.dilationWidth + 1;
  const width = (geometry.outWidth - 1) * geometry.strideWidth + reach;
  return (max(width, geometry.padLeft) * geometry.outChannels + SLACK + 15) & ~15;
}

function rowCount(geometry: ConvGeometry): i32 {
  return (geometry.filterHeight - 1) * geometry.dilationHeight + 1;
}

/** Bytes of the addresses that {@link RowRing.locateTaps} writes. */
export function tapBytes(geometry: ConvGeometry): i32 {
  return (geometry.filterHeight * geometry.filterWidth + 1) * sizeof<usize>();
}

/** Bytes of scratch for {@link openRowRing}. */
export function rowRingBytes(geometry: ConvGeometry): i32 {
  return (
    offsetof<RowRing>() +
    16 +
    rowCount(geometry) * rowBytes(geometry) +
    SLACK_PIXELS * geometry.outChannels
  );
}

/** A ring at `scratch`, still empty. @param fill what the padding holds */
export function openRowRing(scratch: usize, x: usize, geometry: ConvGeometry, fill: i32): RowRing {
  const ring = changetype<RowRing>(scratch);
  ring.geometry = geometry;
  ring.x = x;
  ring.rows = (scratch + offsetof<RowRing>() + 15) & ~15;
  ring.rowBytes = rowBytes(geometry);
  ring.rowCount = rowCount(geometry);
  ring.multiplier = geometry.outChannels / geometry.inChannels;
  ring.fill = fill;
  ring.image = -1;
  return ring;
}
