import {Lanes} from './lanes';

/**
 * One dot product of bytes, for `dot_probe.ts` of the backend to see what this machine makes of it: 64 bytes, one vector
 * behind the other: x, w, the accumulator, and where the result goes.
 */
export function dot_bytes(at: usize): void {
  const acc = Lanes.dotBytes(v128.load(at, 32), v128.load(at), v128.load(at, 16));
  v128.store(at, acc, 48);
}
