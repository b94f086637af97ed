import {sin} from '../quant/elementary.js';
import {randomSource} from './random.js';

/**
 * Drawing number `seed`: a few strokes on blank ground (lines, arcs, rings, scribbles), dark on light or
 * light on dark. The same seed and size give the same bytes everywhere.
 *
 * @returns HWC, all channels alike, whole values of [0, 255]
 */
export function probeDrawing(
  seed: number,
  height: number,
  width: number,
  channels: number,
): Float32Array {
  const random = randomSource(Math.imul(seed + 1, 0xc2b2ae35));
  const side = Math.min(height, width);
  const ink = new Float32Array(height * width);
  const pen = Math.max(0.7, side * (0.015 + 0.04 * random()));
  const strokes = 1 + Math.floor(5 * random());
  for (let i = 0; i < strokes; i++) drawStroke(ink, height, width, pen, random);
  const [ground, line] = seed % 2 === 0 ? [255, 0] : [0, 255];
  const pixels = new Float32Array(height * width * channels);
  return pixels.map((_, i) =>
    Math.floor(ground + (line - ground) * ink[Math.floor(i / channels)] + 0.5),
  );
}

/** A curve of constant length whose direction turns evenly, or waves. */
function drawStroke(
  ink: Float32Array,
  height: number,
  width: number,
  pen: number,
  random: () => number,
): void {
  const side = Math.min(height, width);
  let x = width * (0.2 + 0.6 * random());
  let y = height * (0.2 + 0.6 * random());
  const length = side * (0.3 + 1.5 * random());
  const turn = random() < 0.3 ? 0 : ((random() - 0.5) * 4 * Math.PI) / length;
  const wave = random() < 0.3 ? 2 * random() : 0;
  const start = 2 * Math.PI * random();
  for (let s = 0; s < length; s += 0.5) {
    dot(ink, height, width, x, y, pen);
    const angle = start + turn * s + wave * sin((8 * Math.PI * s) / length);
    x += 0.5 * sin(angle + Math.PI / 2);
    y += 0.5 * sin(angle);
  }
}

/** A disc with a soft edge. */
function dot(
  ink: Float32Array,
  height: number,
  width: number,
  x: number,
  y: number,
  radius: number,
): void {
  const reach = Math.ceil(radius + 1);
  for (let row = Math.floor(y) - reach; row <= y + reach; row++) {
    for (let column = Math.floor(x) - reach; column <= x + reach; column++) {
      if (row < 0 || column < 0 || row >= height || column >= width) continue;
      const [dx, dy] = [column - x, row - y];
      const cover = Math.min(1, Math.max(0, radius + 0.5 - Math.sqrt(dx * dx + dy * dy)));
      const at = row * width + column;
      ink[at] = Math.max(ink[at], cover);
    }
  }
}
