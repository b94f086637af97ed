import type {Microkernels} from '../../../backend/microkernels.js';
import {reference} from '../../../backend/reference/index.js';

/** Every implementation of the microkernels: each test body runs on each of them. */
export const implementations: readonly [
  name: string,
  make: () => Microkernels | Promise<Microkernels>,
][] = [['reference', reference]];
