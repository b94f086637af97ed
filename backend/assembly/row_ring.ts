import {PIXEL_BYTES, widenRow} from './planes';
import {GROUP} from './stage';
import {ConvGeometry} from './structs';

/** Addresses behind those of the taps. */
const SPARE_TAPS: i32 = 3;

/** Vector loads may read this far past the last pixel of a row. */
const SLACK: i32 = 32;

/** Loops that take two columns at a time may read so many pixels past those that windows reach, or a stride if that is more. */
const SLACK_PIXELS: i32 = 4;

/**
 * The input rows that one output row needs, each with its padding written out, so that no window ever leaves a row.
 * Each row is copied once for all the output rows that see it: as it is for pools, to planes ({@link widenRow}) for convolutions.
 */
@unmanaged
export class RowRing {
  geometry: ConvGeometry;
  /** int8 NHWC, the whole batch. */
  x: usize;
  rows: usize;
  rowBytes: i32;
  rowCount: i32;
  /** Bytes of a plane, 0 if rows are copied as they are. */
  planeBytes: i32;
  fill: i32;
  /** Of planes; see `planes.ts`. */
  flip: i32;
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
    for (let row = max(this.next, top); row < end; row++) {
      if (this.planeBytes) this.widen(row);
      else this.copy(row);
    }
    this.next = end;
    return top;
  }

  /**
   * Writes where the taps of the first window lie, `times` times over, then the last one again: loops over two or four of
   * them meet it with a weight of 0.
   *
   * @param top what {@link advance} returned
   * @param taps {@link tapBytes} long
   */
  locateTaps(top: i32, taps: usize, times: i32 = 1): void {
    const geometry = this.geometry;
    const pixelBytes = this.planeBytes ? PIXEL_BYTES : geometry.outChannels;
    const step = geometry.dilationWidth * pixelBytes;
    let tap: usize = 0;
    for (let row = 0; row < times * geometry.filterHeight; row++) {
      tap = this.row(top + (row % geometry.filterHeight) * geometry.dilationHeight);
      for (let fx = 0; fx < geometry.filterWidth; fx++) {
        store<usize>(taps, tap);
        taps += sizeof<usize>();
        tap += step;
      }
    }
    for (let i = 0; i < SPARE_TAPS; i++, taps += sizeof<usize>()) store<usize>(taps, tap - step);
  }

  private isInside(row: i32): bool {
    return <u32>row < <u32>this.geometry.inHeight;
  }

  /** Pixels of an input row that windows see. */
  private get pixels(): i32 {
    return min(this.geometry.inWidth, rowWidth(this.geometry) - this.geometry.padLeft);
  }

  private inputRow(row: i32): usize {
    const geometry = this.geometry;
    const line = this.image * geometry.inHeight + row;
    return this.x + line * geometry.inWidth * geometry.inChannels;
  }

  private copy(row: i32): void {
    const y = this.row(row);
    if (!this.isInside(row)) {
      memory.fill(y, <u8>this.fill, this.rowBytes);
      return;
    }
    const channels = this.geometry.inChannels;
    const left = this.geometry.padLeft * channels;
    const bytes = this.pixels * channels;
    memory.fill(y, <u8>this.fill, left);
    memory.copy(y + left, this.inputRow(row), bytes);
    memory.fill(y + left + bytes, <u8>this.fill, this.rowBytes - left - bytes);
  }

  private widen(row: i32): void {
    const pixels = this.isInside(row) ? this.pixels : 0;
    const width = this.planeBytes / PIXEL_BYTES;
    const x = this.inputRow(row);
    widenRow(x, this.row(row), this.geometry, pixels, width, this.fill, this.flip);
  }
}

/** Columns that windows reach, at least the padding on the left. */
function rowWidth(geometry: ConvGeometry): i32 {
  const reach = (geometry.filterWidth - 1) * geometry.dilationWidth + 1;
  return max((geometry.outWidth - 1) * geometry.strideWidth + reach, geometry.padLeft);
}

function rowCount(geometry: ConvGeometry): i32 {
  return (geometry.filterHeight - 1) * geometry.dilationHeight + 1;
}

/** Bytes of the addresses that {@link RowRing.locateTaps} writes. */
export function tapBytes(geometry: ConvGeometry, times: i32 = 1): i32 {
  return (times * geometry.filterHeight * geometry.filterWidth + SPARE_TAPS) * sizeof<usize>();
}

function copiedRowBytes(geometry: ConvGeometry): i32 {
  return (rowWidth(geometry) * geometry.outChannels + SLACK + 15) & ~15;
}

function planeBytes(geometry: ConvGeometry): i32 {
  return rowWidth(geometry) * PIXEL_BYTES;
}

function widenedRowBytes(geometry: ConvGeometry): i32 {
  return ((geometry.outChannels + GROUP - 1) / GROUP) * planeBytes(geometry);
}

/** Bytes of scratch for {@link openRowRing}. */
export function rowRingBytes(geometry: ConvGeometry): i32 {
  return offsetof<RowRing>() + 16 + rowCount(geometry) * copiedRowBytes(geometry);
}

/** Bytes of scratch for {@link openPlaneRing}. */
export function planeRingBytes(geometry: ConvGeometry): i32 {
  const slack = max(SLACK_PIXELS, geometry.strideWidth) * PIXEL_BYTES;
  return offsetof<RowRing>() + 16 + rowCount(geometry) * widenedRowBytes(geometry) + slack;
}

/** A ring of rows as they are, still empty. @param fill what the padding holds */
export function openRowRing(scratch: usize, x: usize, geometry: ConvGeometry, fill: i32): RowRing {
  return open(scratch, x, geometry, fill, copiedRowBytes(geometry), 0);
}

/** As {@link openRowRing}, of planes. @param flip what their bytes differ from those of x in */
export function openPlaneRing(
  scratch: usize,
  x: usize,
  geometry: ConvGeometry,
  fill: i32,
  flip: i32,
): RowRing {
  const ring = open(scratch, x, geometry, fill, widenedRowBytes(geometry), planeBytes(geometry));
  ring.flip = flip;
  return ring;
}

function open(
  scratch: usize,
  x: usize,
  geometry: ConvGeometry,
  fill: i32,
  rowBytes: i32,
  planeBytes: i32,
): RowRing {
  const ring = changetype<RowRing>(scratch);
  ring.geometry = geometry;
  ring.x = x;
  ring.rows = (scratch + offsetof<RowRing>() + 15) & ~15;
  ring.rowBytes = rowBytes;
  ring.rowCount = rowCount(geometry);
  ring.planeBytes = planeBytes;
  ring.fill = fill;
  ring.image = -1;
  return ring;
}
