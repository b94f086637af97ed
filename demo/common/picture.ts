import type {Pixels} from '../worker/images.js';

/** Draws RGB pixels on a canvas of their size. */
export function drawPixels(canvas: HTMLCanvasElement, {width, height, data}: Pixels): void {
  canvas.width = width;
  canvas.height = height;
  const image = new ImageData(width, height);
  for (let i = 0, j = 0; j < data.length; i += 4, j += 3) {
    image.data[i] = data[j];
    image.data[i + 1] = data[j + 1];
    image.data[i + 2] = data[j + 2];
    image.data[i + 3] = 255;
  }
  canvas.getContext('2d')?.putImageData(image, 0, 0);
}
