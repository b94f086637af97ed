import {sin} from '../quant/elementary.js';
import {randomSource} from './random.js';

/** The sizes of discs, as shares of the image's shorter side, and the exponent of their power law. */
const SMALLEST = 0.02;
const LARGEST = 0.6;

/** Enough that the image is covered and small things lie on top of large ones. */
const LEAVES = 260;

/**
 * A picture with the statistics of natural images: the dead-leaves model (Lee, Mumford and Huang
 * 2001). Opaque shapes with radii of density r⁻³ lie over each other, each with its colour, shading
 * and texture; light varies over the whole, and the sensor adds noise.
 *
 * The same seed and size give the same bytes everywhere.
 *
 * @returns RGB (or one channel of luma), HWC, values of [0, 255]
 */
export function probeImage(
  seed: number,
  height: number,
  width: number,
  channels: number,
): Float32Array {
  const random = randomSource(Math.imul(seed + 1, 0x9e3779b1));
  const pixels = new Float32Array(height * width * 3);
  const scene = sceneOf(random);
  const leaves = [leafOf(random, scene, height, width, 2)];
  for (let i = 0; i < LEAVES; i++) leaves.push(leafOf(random, scene, height, width));
  const isPainted = new Uint8Array(height * width);
  // The last one lies on top: from there down, no pixel is computed twice.
  for (const leaf of leaves.reverse()) paint(pixels, isPainted, height, width, leaf);
  addLightAndNoise(pixels, height, width, random);
  return channels === 1 ? luma(pixels) : pixels;
}

interface Scene {
  /** Mean colour, and how far leaves stray from it, 0–255. */
  readonly base: readonly number[];
  readonly contrast: number;
  readonly saturation: number;
}

interface Leaf {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  /** Unit vector of the long axis, and the ratio of the axes. */
  readonly axis: readonly [number, number];
  readonly aspect: number;
  readonly colour: readonly number[];
  /** Change of brightness across the leaf. */
  readonly shading: number;
  /** Amplitude and wave number (per pixel) of a grating along the axis. */
  readonly texture: number;
  readonly frequency: number;
  readonly boxy: boolean;
}

function sceneOf(random: () => number): Scene {
  const brightness = 60 + 130 * random();
  return {
    base: [0, 1, 2].map(() => brightness + 40 * (random() - 0.5)),
    contrast: 40 + 60 * random(),
    saturation: 0.15 + 0.5 * random(),
  };
}

function leafOf(
  random: () => number,
  scene: Scene,
  height: number,
  width: number,
  size?: number,
): Leaf {
  const side = Math.min(height, width);
  // Inverse of the cumulative distribution of a density ∝ r⁻³ between the bounds.
  const low = SMALLEST ** -2;
  const high = LARGEST ** -2;
  const radius = (size ?? 1 / Math.sqrt(low + (high - low) * random())) * side;
  const [dx, dy] = [random() - 0.5, random() - 0.5];
  const norm = Math.sqrt(dx * dx + dy * dy) + 1e-9;
  const light = (random() + random() + random() - 1.5) * 1.4 * scene.contrast;
  return {
    x: random() * width,
    y: random() * height,
    radius,
    axis: [dx / norm, dy / norm],
    aspect: 0.35 + 0.65 * random(),
    colour: scene.base.map(c => c + light + scene.saturation * 160 * (random() - 0.5)),
    shading: 60 * (random() - 0.5),
    texture: random() < 0.5 ? 0 : 45 * random() * random(),
    frequency: 0.15 + 1.6 * random() * random(),
    boxy: random() < 0.3,
  };
}

/** Paints what of the leaf no other one hides. */
function paint(
  pixels: Float32Array,
  isPainted: Uint8Array,
  height: number,
  width: number,
  leaf: Leaf,
): void {
  const {x, y, radius, colour} = leaf;
  const [axisX, axisY] = leaf.axis;
  const [red, green, blue] = colour;
  const across = radius * leaf.aspect;
  const [top, bottom] = [
    Math.max(0, Math.floor(y - radius)),
    Math.min(height, Math.ceil(y + radius)),
  ];
  const [left, right] = [
    Math.max(0, Math.floor(x - radius)),
    Math.min(width, Math.ceil(x + radius)),
  ];
  for (let row = top; row < bottom; row++) {
    for (let column = left; column < right; column++) {
      const at = row * width + column;
      if (isPainted[at] === 1) continue;
      const u = ((column - x) * axisX + (row - y) * axisY) / radius;
      const v = ((row - y) * axisX - (column - x) * axisY) / across;
      const inside = leaf.boxy ? Math.max(Math.abs(u), Math.abs(v)) < 0.7 : u * u + v * v < 1;
      if (!inside) continue;
      isPainted[at] = 1;
      const light = leaf.shading * v + texture(leaf, u * radius);
      pixels[3 * at] = red + light;
      pixels[3 * at + 1] = green + light;
      pixels[3 * at + 2] = blue + light;
    }
  }
}

/** The grating of a leaf, at a distance along its axis. */
function texture({texture: amplitude, frequency}: Leaf, distance: number): number {
  return amplitude === 0 ? 0 : amplitude * sin(distance * frequency);
}

function addLightAndNoise(
  pixels: Float32Array,
  height: number,
  width: number,
  random: () => number,
) {
  const [across, down] = [0.5 * (random() - 0.5), 0.5 * (random() - 0.5)];
  const noise = 10 * random();
  for (let row = 0, at = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const light = 1 + across * (column / width - 0.5) + down * (row / height - 0.5);
      for (let c = 0; c < 3; c++, at++) {
        const value = pixels[at] * light + noise * (random() + random() - 1);
        pixels[at] = Math.min(Math.max(Math.floor(value + 0.5), 0), 255);
      }
    }
  }
}

function luma(pixels: Float32Array): Float32Array {
  return Float32Array.from({length: pixels.length / 3}, (_, i) =>
    Math.floor(0.299 * pixels[3 * i] + 0.587 * pixels[3 * i + 1] + 0.114 * pixels[3 * i + 2] + 0.5),
  );
}
