import {UserError} from '../common/user_error.js';

/** A picture as models take it: RGB, height × width × channel, 0 … 255. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

export interface DecodeRequest {
  /** A file of an image format that the browser knows, or a frame of a camera. */
  readonly image: Blob | ImageBitmap;
  readonly width: number;
  readonly height: number;
}

/**
 * Decodes an image, cuts the largest piece of the right proportions out of its middle and scales it.
 *
 * @throws UserError for a file that is no image
 */
export async function decodeImage({image, width, height}: DecodeRequest): Promise<Pixels> {
  const bitmap = image instanceof Blob ? await decode(image) : image;
  try {
    return scale(bitmap, width, height);
  } finally {
    bitmap.close();
  }
}

async function decode(file: Blob): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(file);
  } catch {
    const name = file instanceof File ? `'${file.name}'` : 'What was given';
    throw new UserError(
      `${name} is not an image that this browser can read`,
      'Choose a JPEG, PNG, WebP or GIF file.',
    );
  }
}

function scale(bitmap: ImageBitmap, width: number, height: number): Pixels {
  const context = new OffscreenCanvas(width, height).getContext('2d', {willReadFrequently: true});
  if (context === null) throw new Error('no canvas to scale images with');
  const factor = Math.max(width / bitmap.width, height / bitmap.height);
  const [w, h] = [width / factor, height / factor];
  context.imageSmoothingQuality = 'high';
  context.fillStyle = 'white'; // behind transparent pixels
  context.fillRect(0, 0, width, height);
  const [x, y] = [(bitmap.width - w) / 2, (bitmap.height - h) / 2];
  context.drawImage(bitmap, x, y, w, h, 0, 0, width, height);
  return {width, height, data: withoutAlpha(context.getImageData(0, 0, width, height).data)};
}

function withoutAlpha(rgba: Uint8ClampedArray): Uint8Array {
  const rgb = new Uint8Array((rgba.length / 4) * 3);
  for (let i = 0, j = 0; i < rgba.length; i += 4) {
    rgb[j++] = rgba[i];
    rgb[j++] = rgba[i + 1];
    rgb[j++] = rgba[i + 2];
  }
  return rgb;
}

export const imageOperations = {decodeImage};
