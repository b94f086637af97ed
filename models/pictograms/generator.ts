import {Random} from './random.js';
import {type Sdf, box, cosTurns, disc, polygon} from './sdf.js';
import {shapes} from './shapes.js';

/** What the model tells apart, in the order of its outputs. */
export const classNames: readonly string[] = Object.keys(shapes);

/** Height and width of an image in pixels. */
export const imageSize = 64;

/** A picture and the index in `classNames` of the object in it. */
export interface LabelledImage {
  label: number;
  /** RGB, height × width × channel, 0 … 255. */
  pixels: Uint8Array;
}

/** RGB, 0 … 1. */
type Colour = readonly [number, number, number];

/** The colour at a point of the shape's own coordinates. */
type Fill = (x: number, y: number) => Colour;

/** Where a shape lies: centre and radius in pixels, rotation in turns. */
interface Pose {
  x: number;
  y: number;
  radius: number;
  turns: number;
  mirrored: boolean;
}

/** RGB, height × width × channel, nominally 0 … 1. */
type Canvas = Float32Array;

/**
 * One picture: an object of some class on a random background, lit, cluttered, partly hidden, blurred and noisy.
 *
 * The same seed gives the same bytes in every JavaScript engine.
 *
 * @param label the class to draw; drawn from the seed when absent
 */
export function generateImage(seed: number, label?: number): LabelledImage {
  const random = new Random(seed);
  const drawn = random.integer(classNames.length);
  const chosen = label ?? drawn;
  const canvas: Canvas = new Float32Array(imageSize * imageSize * 3);
  const base = randomColour(random);
  paintBackground(canvas, random, base);
  paintClutter(canvas, random);
  const pose = objectPose(random);
  paintObject(canvas, random, shapes[classNames[chosen]](random), pose, base);
  paintOccluders(canvas, random, pose);
  paintLight(canvas, random);
  const seen = random.chance(0.4) ? blurred(canvas) : canvas;
  return {label: chosen, pixels: exposed(seen, random)};
}

function paintBackground(canvas: Canvas, random: Random, base: Colour): void {
  const fill = randomFill(random, base, randomColour(random, base, 0, 0.4));
  const everywhere: Sdf = () => -1;
  const pose = {...randomPose(random), radius: random.uniform(12, 40)};
  paint(canvas, everywhere, pose, fill, {reach: Infinity});
  if (random.chance(0.6))
    paintCloud(canvas, random, random.pick([4, 8, 16]), random.uniform(0.05, 0.25));
}

/** Value noise: a coarse grid of random colours, bilinearly interpolated, added to the canvas. */
function paintCloud(canvas: Canvas, random: Random, cell: number, amplitude: number): void {
  const cells = imageSize / cell + 1;
  const grid = Array.from({length: cells * cells * 3}, () => random.uniform(-amplitude, amplitude));
  for (let y = 0; y < imageSize; y++)
    for (let x = 0; x < imageSize; x++) {
      const column = Math.floor(x / cell);
      const row = Math.floor(y / cell);
      const u = x / cell - column;
      const v = y / cell - row;
      const corner = (row * cells + column) * 3;
      for (let c = 0; c < 3; c++) {
        const above = mix(grid[corner + c], grid[corner + 3 + c], u);
        const below = mix(grid[corner + cells * 3 + c], grid[corner + cells * 3 + 3 + c], u);
        canvas[(y * imageSize + x) * 3 + c] += mix(above, below, v);
      }
    }
}

/** Small discs, bars and triangles behind the object, none of them a class of its own. */
function paintClutter(canvas: Canvas, random: Random): void {
  for (let count = random.integer(8); count > 0; count--) {
    const pose = {...randomPose(random), radius: random.uniform(2, 10)};
    const colour = randomColour(random);
    paint(canvas, clutterShape(random), pose, () => colour);
  }
}

function clutterShape(random: Random): Sdf {
  const kind = random.integer(3);
  if (kind === 0) return disc(0, 0, 1);
  if (kind === 1) return box(0, 0, 1, random.uniform(0.15, 0.7));
  return polygon([
    [0, -1],
    [0.87, random.uniform(0, 0.5)],
    [-0.87, 0.5],
  ]);
}

function objectPose(random: Random): Pose {
  const radius = random.uniform(14, 27);
  const slack = imageSize / 2 - 0.8 * radius;
  return {
    x: imageSize / 2 + random.uniform(-slack, slack),
    y: imageSize / 2 + random.uniform(-slack, slack),
    radius,
    turns: random.uniform(-0.12, 0.12),
    mirrored: random.chance(0.5),
  };
}

/** The object, perhaps over its own shadow, in a colour that stands out from `background`. */
function paintObject(
  canvas: Canvas,
  random: Random,
  shape: Sdf,
  pose: Pose,
  background: Colour,
): void {
  const colour = randomColour(random, background, 0.45, 2);
  const fill = randomFill(random, colour, randomColour(random, colour, 0, 0.3));
  if (random.chance(0.3)) {
    const shift = random.uniform(1, 3);
    const shade = random.uniform(0, 0.2);
    const shadow = {...pose, x: pose.x + shift, y: pose.y + shift};
    paint(canvas, shape, shadow, () => [shade, shade, shade], {opacity: 0.6});
  }
  paint(canvas, shape, pose, fill);
}

/** Up to two bars or discs in front, each over the object's rim. */
function paintOccluders(canvas: Canvas, random: Random, object: Pose): void {
  for (let count = random.integer(3); count > 0; count--) {
    const turns = random.next();
    const reach = object.radius * random.uniform(0.5, 1.1);
    const pose = {
      ...randomPose(random),
      x: object.x + reach * cosTurns(turns),
      y: object.y + reach * cosTurns(turns - 0.25),
      radius: object.radius * random.uniform(0.2, 0.45),
    };
    const colour = randomColour(random);
    paint(canvas, clutterShape(random), pose, () => colour);
  }
}

/** Multiplies by a light that falls off linearly across the image. */
function paintLight(canvas: Canvas, random: Random): void {
  const turns = random.next();
  const slope = random.uniform(0, 0.5) / imageSize;
  const dx = slope * cosTurns(turns);
  const dy = slope * cosTurns(turns - 0.25);
  const half = imageSize / 2;
  for (let y = 0; y < imageSize; y++)
    for (let x = 0; x < imageSize; x++) {
      const light = 1 + dx * (x - half) + dy * (y - half);
      for (let c = 0; c < 3; c++) canvas[(y * imageSize + x) * 3 + c] *= light;
    }
}

/** A 3 × 3 box blur; the edge repeats. */
function blurred(canvas: Canvas): Canvas {
  return averaged(averaged(canvas, 3), 3 * imageSize);
}

/** Each value's mean with its two neighbours `stride` values away. */
function averaged(canvas: Canvas, stride: number): Canvas {
  const line = stride * imageSize;
  const mean = new Float32Array(canvas.length);
  for (let i = 0; i < mean.length; i++) {
    const at = i % line;
    const before = at < stride ? i : i - stride;
    const after = at >= line - stride ? i : i + stride;
    mean[i] = (canvas[before] + canvas[i] + canvas[after]) / 3;
  }
  return mean;
}

/** The camera: contrast, brightness, sensor noise, eight bits. */
function exposed(canvas: Canvas, random: Random): Uint8Array {
  const contrast = random.uniform(0.6, 1.1);
  const brightness = random.uniform(-0.12, 0.12);
  const noise = random.uniform(0, 0.08);
  const pixels = new Uint8Array(canvas.length);
  for (let i = 0; i < pixels.length; i++) {
    const value = 0.5 + brightness + contrast * (canvas[i] - 0.5) + noise * random.bell();
    pixels[i] = Math.floor(255 * clamp(value, 0, 1) + 0.5);
  }
  return pixels;
}

/**
 * Blends a shape over the canvas, its edge one pixel wide.
 *
 * @param options.reach how far the shape extends from its centre, in radii
 */
function paint(
  canvas: Canvas,
  shape: Sdf,
  pose: Pose,
  fill: Fill,
  {opacity = 1, reach = 1.25}: {opacity?: number; reach?: number} = {},
): void {
  const cos = cosTurns(pose.turns) / pose.radius;
  const sin = cosTurns(pose.turns - 0.25) / pose.radius;
  const side = pose.mirrored ? -1 : 1;
  const [top, bottom] = span(pose.y, reach * pose.radius + 1);
  const [left, right] = span(pose.x, reach * pose.radius + 1);
  for (let y = top; y < bottom; y++)
    for (let x = left; x < right; x++) {
      const dx = x + 0.5 - pose.x;
      const dy = y + 0.5 - pose.y;
      const u = side * (cos * dx + sin * dy);
      const v = cos * dy - sin * dx;
      const alpha = opacity * clamp(0.5 - shape(u, v) * pose.radius, 0, 1);
      if (alpha === 0) continue;
      const colour = fill(u, v);
      const at = (y * imageSize + x) * 3;
      for (let c = 0; c < 3; c++) canvas[at + c] = mix(canvas[at + c], colour[c], alpha);
    }
}

/** The pixels, first and past the last, within `reach` of `centre` along one axis. */
function span(centre: number, reach: number): [number, number] {
  return [
    clamp(Math.floor(centre - reach), 0, imageSize),
    clamp(Math.ceil(centre + reach), 0, imageSize),
  ];
}

/** Plain, shaded, striped or chequered in two colours. */
function randomFill(random: Random, a: Colour, b: Colour): Fill {
  const kind = random.integer(4);
  const period = random.uniform(0.25, 0.8);
  const blend = (t: number): Colour => [mix(a[0], b[0], t), mix(a[1], b[1], t), mix(a[2], b[2], t)];
  if (kind === 0) return () => a;
  if (kind === 1) return x => blend(clamp(0.5 + 0.5 * x, 0, 1));
  const parity = (t: number) => Math.floor(t / period) & 1;
  if (kind === 2) return x => (parity(x) ? a : b);
  return (x, y) => (parity(x) ^ parity(y) ? a : b);
}

/** A random colour whose distance in RGB from `other` lies within the bounds. */
function randomColour(random: Random, other: Colour = [0, 0, 0], near = 0, far = 2): Colour {
  for (;;) {
    const colour: Colour = [random.next(), random.next(), random.next()];
    const [r, g, b] = [colour[0] - other[0], colour[1] - other[1], colour[2] - other[2]];
    const distance = Math.sqrt(r * r + g * g + b * b);
    if (distance >= near && distance <= far) return colour;
  }
}

/** Anywhere on the canvas at any angle, 1 pixel in radius. */
function randomPose(random: Random): Pose {
  return {
    x: random.uniform(0, imageSize),
    y: random.uniform(0, imageSize),
    radius: 1,
    turns: random.next(),
    mirrored: false,
  };
}

function mix(a: number, b: number, t: number): number {
  return a + (b - a) * t;
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max);
}
