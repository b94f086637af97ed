import type {Random} from './random.js';
import {
  type Point,
  type Sdf,
  angleTurns,
  box,
  cosTurns,
  difference,
  disc,
  intersection,
  length,
  polar,
  polygon,
  stroke,
  union,
} from './sdf.js';

/** Draws one individual of a class: proportions vary from call to call. */
type ShapeFactory = (random: Random) => Sdf;

/** The classes, in the order of the model's outputs. */
export const shapes: Readonly<Record<string, ShapeFactory>> = {
  star,
  heart,
  moon,
  ring,
  gear,
  arrow,
  cross,
  spiral,
  flower,
  lightning,
  fish,
  house,
  tree,
  key,
  mushroom,
  umbrella,
};

function star(random: Random): Sdf {
  const inner = random.uniform(0.38, 0.5);
  const corners: Point[] = [];
  for (let i = 0; i < 10; i++) corners.push(polar(i % 2 ? inner : 1, i / 10 - 0.25));
  return polygon(corners);
}

function heart(random: Random): Sdf {
  const tip = random.uniform(0.8, 0.98);
  const lobe = random.uniform(0.44, 0.5);
  const body = polygon([
    [0, tip],
    [-0.74, 0.2],
    [0, -0.5],
    [0.74, 0.2],
  ]);
  return union(body, disc(-0.38, -0.17, lobe), disc(0.38, -0.17, lobe));
}

function moon(random: Random): Sdf {
  return difference(
    disc(-0.1, 0, 0.95),
    disc(random.uniform(0.24, 0.5), 0, random.uniform(0.74, 0.86)),
  );
}

function ring(random: Random): Sdf {
  const halfWidth = random.uniform(0.1, 0.22);
  return (x, y) => Math.abs(length(x, y) - 0.76) - halfWidth;
}

function gear(random: Random): Sdf {
  const teeth = 7 + random.integer(4);
  const depth = random.uniform(0.1, 0.15);
  const wheel: Sdf = (x, y) => {
    const wave = 2.5 * cosTurns(teeth * angleTurns(x, y));
    return length(x, y) - 0.85 - depth * Math.min(Math.max(wave, -1), 1);
  };
  return difference(wheel, disc(0, 0, random.uniform(0.22, 0.4)));
}

function arrow(random: Random): Sdf {
  const shaft = random.uniform(0.14, 0.26);
  const barb = random.uniform(0.55, 0.75);
  const neck = random.uniform(-0.05, 0.25);
  return polygon([
    [1, 0],
    [neck, barb],
    [neck, shaft],
    [-0.95, shaft],
    [-0.95, -shaft],
    [neck, -shaft],
    [neck, -barb],
  ]);
}

function cross(random: Random): Sdf {
  const arm = random.uniform(0.18, 0.34);
  return union(box(0, 0, 0.92, arm), box(0, 0, arm, 0.92));
}

function spiral(random: Random): Sdf {
  const turns = random.uniform(1.9, 2.5);
  const halfWidth = random.uniform(0.2, 0.28);
  const arm: Sdf = (x, y) => {
    const phase = length(x, y) * turns - angleTurns(x, y);
    return (Math.abs(phase - Math.floor(phase) - 0.5) - halfWidth) / turns;
  };
  return intersection(arm, disc(0, 0, 0.98));
}

function flower(random: Random): Sdf {
  const petals = 5 + random.integer(3);
  const radius = 1.9 / petals;
  const parts: Sdf[] = [disc(0, 0, 0.4)];
  for (let i = 0; i < petals; i++) {
    const [x, y] = polar(0.98 - radius, i / petals);
    parts.push(disc(x, y, radius));
  }
  return difference(union(...parts), disc(0, 0, random.uniform(0.16, 0.26)));
}

function lightning(random: Random): Sdf {
  const w = random.uniform(0.85, 1.15);
  return polygon([
    [0.12 * w, -1],
    [-0.52 * w, 0.12],
    [-0.06 * w, 0.12],
    [-0.3 * w, 1],
    [0.5 * w, -0.24],
    [0.06 * w, -0.24],
    [0.52 * w, -1],
  ]);
}

function fish(random: Random): Sdf {
  const lift = random.uniform(0.5, 0.7);
  const size = lift + random.uniform(0.36, 0.46);
  const body = intersection(disc(0.25, lift, size), disc(0.25, -lift, size));
  const tail = polygon([
    [-0.3, 0],
    [-0.98, -0.48],
    [-0.78, 0],
    [-0.98, 0.48],
  ]);
  return difference(union(body, tail), disc(0.62, -0.1, 0.09));
}

function house(random: Random): Sdf {
  const eaves = random.uniform(-0.25, 0);
  const wall = random.uniform(0.58, 0.72);
  const roof = polygon([
    [0, -0.95],
    [0.95, eaves],
    [-0.95, eaves],
  ]);
  const chimney = box(random.pick([-0.5, 0.5]), -0.6, 0.11, 0.3);
  const outside = union(roof, box(0, 0.4, wall, 0.5), chimney);
  return difference(outside, box(random.uniform(-0.25, 0.25), 0.62, 0.15, 0.29));
}

function tree(random: Random): Sdf {
  const width = random.uniform(0.6, 0.78);
  const tiers: Sdf[] = [box(0, 0.8, 0.12, 0.2)];
  for (let i = 0; i < 3; i++) {
    const top = -1 + 0.45 * i;
    const half = width * (0.6 + 0.2 * i);
    tiers.push(
      polygon([
        [0, top],
        [half, top + 0.75],
        [-half, top + 0.75],
      ]),
    );
  }
  return union(...tiers);
}

function key(random: Random): Sdf {
  const radius = random.uniform(0.32, 0.4);
  const bow = difference(disc(-0.6, 0, radius), disc(-0.6, 0, radius - 0.19));
  const drop = random.uniform(0.3, 0.42);
  return union(
    bow,
    stroke([-0.3, 0], [0.92, 0], 0.09),
    stroke([0.86, 0], [0.86, drop], 0.09),
    stroke([0.54, 0], [0.54, drop - 0.06], 0.09),
  );
}

function mushroom(random: Random): Sdf {
  const cap = intersection(disc(0, 0, 0.95), box(0, -0.5, 1, random.uniform(0.5, 0.62)));
  const stem = random.uniform(0.2, 0.32);
  return union(cap, box(0, 0.4, stem, 0.5));
}

function umbrella(random: Random): Sdf {
  const scallop = random.uniform(0.3, 0.36);
  let canopy = intersection(disc(0, 0.05, 0.97), box(0, -0.5, 1, 0.55));
  for (const x of [-0.64, 0, 0.64]) canopy = difference(canopy, disc(x, 0.16, scallop));
  const hook = difference(
    disc(0.2, 0.7, 0.27),
    union(disc(0.2, 0.7, 0.12), box(0.2, 0.4, 0.5, 0.3)),
  );
  return union(canopy, stroke([0, -0.95], [0, 0.7], 0.075), hook);
}
