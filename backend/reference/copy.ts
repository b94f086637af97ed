import type {CopyPlan} from '../microkernels.js';

/** x8_copy: bytes from places in x to places in y. */
export function copy(x: Int8Array, y: Int8Array, {fromOffset, toOffset, axes}: CopyPlan): void {
  const walk = (depth: number, from: number, to: number): void => {
    if (depth === axes.length) {
      y[to] = x[from];
      return;
    }
    const axis = axes[depth];
    for (let i = 0; i < axis.size; i++) walk(depth + 1, from + i * axis.from, to + i * axis.to);
  };
  walk(0, fromOffset, toOffset);
}
