/**
 * Signed distance to a shape's edge, negative inside. Shapes fit in a disc of radius 1; x points right, y down.
 *
 * Only +, −, ·, /, √ and floor are used, which IEEE 754 fixes to the last bit: Math.sin and its like differ between
 * engines, and then so would the images.
 */
export type Sdf = (x: number, y: number) => number;

/** A corner, [x, y]. */
export type Point = readonly [number, number];

export function disc(cx: number, cy: number, radius: number): Sdf {
  return (x, y) => length(x - cx, y - cy) - radius;
}

export function box(cx: number, cy: number, halfWidth: number, halfHeight: number): Sdf {
  return (x, y) => {
    const dx = Math.abs(x - cx) - halfWidth;
    const dy = Math.abs(y - cy) - halfHeight;
    return length(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0);
  };
}

/** A line from a to b with round ends. */
export function stroke([ax, ay]: Point, [bx, by]: Point, halfWidth: number): Sdf {
  const ux = bx - ax;
  const uy = by - ay;
  return (x, y) => {
    const t = ((x - ax) * ux + (y - ay) * uy) / (ux * ux + uy * uy);
    const clamped = Math.min(Math.max(t, 0), 1);
    return length(x - ax - clamped * ux, y - ay - clamped * uy) - halfWidth;
  };
}

/** A closed polygon, convex or not: nearest edge, signed by the parity of crossings. */
export function polygon(points: readonly Point[]): Sdf {
  return (x, y) => {
    let nearest = Infinity;
    let inside = false;
    let [bx, by] = points[points.length - 1];
    for (const [ax, ay] of points) {
      const ux = bx - ax;
      const uy = by - ay;
      const px = x - ax;
      const py = y - ay;
      const t = Math.min(Math.max((px * ux + py * uy) / (ux * ux + uy * uy), 0), 1);
      const dx = px - t * ux;
      const dy = py - t * uy;
      nearest = Math.min(nearest, dx * dx + dy * dy);
      if (ay > y !== by > y && px < (ux * py) / uy) inside = !inside;
      bx = ax;
      by = ay;
    }
    return inside ? -Math.sqrt(nearest) : Math.sqrt(nearest);
  };
}

export function union(...shapes: readonly Sdf[]): Sdf {
  return (x, y) => {
    let d = Infinity;
    for (const shape of shapes) d = Math.min(d, shape(x, y));
    return d;
  };
}

export function intersection(a: Sdf, b: Sdf): Sdf {
  return (x, y) => Math.max(a(x, y), b(x, y));
}

export function difference(a: Sdf, b: Sdf): Sdf {
  return (x, y) => Math.max(a(x, y), -b(x, y));
}

/** The point at `radius`, `turns` of a full turn clockwise from the right. */
export function polar(radius: number, turns: number): Point {
  return [radius * cosTurns(turns), radius * cosTurns(turns - 0.25)];
}

/** cos(2π·turns), to 6e-8. */
export function cosTurns(turns: number): number {
  const t = turns - Math.floor(turns + 0.5);
  const q = 0.25 - Math.abs(t); // cos(2πt) = sin(2πq), |q| ≤ ¼
  const z = 39.47841760435743 * q * q; // (2πq)²
  const series = 1 - (z / 6) * (1 - (z / 20) * (1 - (z / 42) * (1 - (z / 72) * (1 - z / 110))));
  return 6.283185307179586 * q * series;
}

/** The angle of (x, y) in turns, 0 … 1, to 2e-5; 0 at the origin. */
export function angleTurns(x: number, y: number): number {
  const ax = Math.abs(x);
  const ay = Math.abs(y);
  if (ax + ay === 0) return 0;
  const steep = ay > ax;
  const r = steep ? ax / ay : ay / ax;
  const z = r * r;
  const octant =
    r * (0.1591345 + z * (-0.0524962 + z * (0.0284654 + z * (-0.0135012 + z * 0.0034166))));
  const quadrant = steep ? 0.25 - octant : octant;
  const half = x < 0 ? 0.5 - quadrant : quadrant;
  return y < 0 ? 1 - half : half;
}

export function length(x: number, y: number): number {
  return Math.sqrt(x * x + y * y);
}
