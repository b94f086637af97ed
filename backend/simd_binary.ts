import {dotForm, machineDot} from './dot_probe.js';
import * as baseline from './generated/simd.js';
import type {EmbeddedBinary} from './simd_module.js';

/**
 * The binary of backend/assembly to run here: the one place that decides. Where a dot product of bytes is exact, that with
 * relaxed SIMD, which is loaded for the purpose; else the one that runs everywhere.
 */
export async function fastestBinary(): Promise<EmbeddedBinary> {
  return hasExactDot() ? import('./generated/relaxed_simd.js') : baseline;
}

/** Whether a dot product of bytes is exact here. */
export function hasExactDot(): boolean {
  const dot = machineDot();
  return dot !== undefined && dotForm(dot) !== undefined;
}
