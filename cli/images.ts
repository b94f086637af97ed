import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {decode as decodeJpeg} from '@cwasm/jpeg-turbo';
import {decode as decodePng} from '@cwasm/lodepng';

/** RGB, 0–255, row by row: data[(y · width + x) · 3 + channel]. */
export interface Image {
  width: number;
  height: number;
  data: Float32Array;
}

/** JPEG and PNG as decoded: RGBA bytes. */
interface Decoded {
  width: number;
  height: number;
  data: Uint8ClampedArray;
}

const FORMATS = [
  {name: 'JPEG', signature: [0xff, 0xd8, 0xff], decode: decodeJpeg},
  {name: 'PNG', signature: [0x89, 0x50, 0x4e, 0x47], decode: decodePng},
];

/**
 * Read a JPEG or PNG file. Grey and palette images become RGB, alpha is dropped, 16 bits become 8,
 * and the EXIF orientation is ignored, as data sets' own loaders do.
 *
 * @throws Error that names the file
 */
export async function readImage(file: string): Promise<Image> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new Error(
      error.code === 'ENOENT'
        ? `image '${file}' does not exist`
        : `cannot read image '${file}': ${error.message}`,
    );
  });
  return decodeImage(bytes, file);
}

/** @param name for messages */
export function decodeImage(bytes: Uint8Array, name: string): Image {
  const format = FORMATS.find(({signature}) => signature.every((byte, i) => bytes[i] === byte));
  if (!format) throw new Error(`'${path.basename(name)}' is neither JPEG nor PNG`);
  try {
    return dropAlpha(format.decode(bytes));
  } catch {
    // what the decoders throw says less: 'Not implemented'
    throw new Error(
      `'${path.basename(name)}' is a ${format.name} file that cannot be decoded: damaged, or of a rare kind`,
    );
  }
}

function dropAlpha({width, height, data: rgba}: Decoded): Image {
  const data = new Float32Array(width * height * 3);
  for (let i = 0, j = 0; j < data.length; i += 4, j += 3) {
    data[j] = rgba[i];
    data[j + 1] = rgba[i + 1];
    data[j + 2] = rgba[i + 2];
  }
  return {width, height, data};
}

/**
 * Scale so that the shorter side has `size` pixels; the longer side keeps the ratio, rounded down.
 *
 * Bilinear with antialiasing, as in Pillow and torchvision: a triangle filter that widens with the
 * reduction, so that no source pixel is skipped. Values are rounded to integers. Does nothing when
 * the shorter side has `size` pixels already.
 */
export function resizeShorterSide(image: Image, size: number): Image {
  const {width, height} = image;
  const shorter = Math.min(width, height);
  if (shorter === size) return image;
  const scaled = (side: number) => Math.floor((side * size) / shorter);
  const {data} = resizeRows(resizeColumns(image, scaled(width)), scaled(height));
  return {width: scaled(width), height: scaled(height), data: data.map(Math.round)};
}

/** The source pixels, from `first` on, that one target pixel is the weighted mean of. */
interface Taps {
  first: number;
  weights: number[];
}

/** Taps of each pixel of a row of `target` pixels over one of `source` pixels. */
function triangleTaps(source: number, target: number): Taps[] {
  const step = source / target;
  const radius = Math.max(step, 1);
  return Array.from({length: target}, (_, i) => {
    const centre = (i + 0.5) * step;
    const first = Math.max(0, Math.floor(centre - radius + 0.5));
    const end = Math.min(source, Math.floor(centre + radius + 0.5));
    const raw = Array.from({length: end - first}, (_, k) =>
      Math.max(0, 1 - Math.abs(first + k + 0.5 - centre) / radius),
    );
    const sum = raw.reduce((a, b) => a + b, 0);
    return {first, weights: raw.map(weight => weight / sum)};
  });
}

function resizeColumns({width, height, data}: Image, target: number): Image {
  const taps = triangleTaps(width, target);
  const result = new Float32Array(target * height * 3);
  for (let y = 0, out = 0; y < height; y++)
    for (const {first, weights} of taps)
      for (let c = 0; c < 3; c++, out++)
        result[out] = weightedSum(data, (y * width + first) * 3 + c, 3, weights);
  return {width: target, height, data: result};
}

function resizeRows({width, height, data}: Image, target: number): Image {
  const rowLength = width * 3;
  const result = new Float32Array(rowLength * target);
  let out = 0;
  for (const {first, weights} of triangleTaps(height, target))
    for (let i = 0; i < rowLength; i++, out++)
      result[out] = weightedSum(data, first * rowLength + i, rowLength, weights);
  return {width, height: target, data: result};
}

function weightedSum(data: Float32Array, start: number, stride: number, weights: number[]): number {
  let sum = 0;
  for (let k = 0; k < weights.length; k++) sum += weights[k] * data[start + k * stride];
  return sum;
}

/**
 * The middle `width` × `height` pixels; where the margin is odd, the larger half is at the end.
 *
 * @throws Error when the image is smaller
 */
export function cropCentre(image: Image, width: number, height: number): Image {
  if (image.width < width || image.height < height)
    throw new Error(
      `cannot cut ${width}×${height} out of ${image.width}×${image.height} pixels; choose a larger --resize or a smaller --crop`,
    );
  const left = Math.floor((image.width - width) / 2);
  const top = Math.floor((image.height - height) / 2);
  const data = new Float32Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const start = ((top + y) * image.width + left) * 3;
    data.set(image.data.subarray(start, start + width * 3), y * width * 3);
  }
  return {width, height, data};
}

/** Per channel, one number for all or one for each. */
export type PerChannel = readonly number[];

/**
 * What enters the model: (v − mean) / std of each pixel, in the order [image, y, x, channel].
 *
 * With one channel, v is the luma of ITU-R BT.601, 0.299 R + 0.587 G + 0.114 B, rounded.
 */
export function normalize(
  images: readonly Image[],
  channels: 1 | 3,
  mean: PerChannel,
  std: PerChannel,
): Float32Array {
  const planes = images.map(({data}) => (channels === 3 ? data : luma(data)));
  const result = new Float32Array(planes.reduce((sum, plane) => sum + plane.length, 0));
  let out = 0;
  for (const plane of planes)
    for (let i = 0; i < plane.length; i++, out++) {
      const channel = i % channels;
      result[out] = (plane[i] - mean[channel % mean.length]) / std[channel % std.length];
    }
  return result;
}

function luma(rgb: Float32Array): Float32Array {
  return Float32Array.from({length: rgb.length / 3}, (_, i) =>
    Math.round(0.299 * rgb[3 * i] + 0.587 * rgb[3 * i + 1] + 0.114 * rgb[3 * i + 2]),
  );
}
