import {backend, type KernelBackend} from '@tensorflow/tfjs-core';
import type {StatisticsLoops, FloatViewer} from '../ops.js';
import {scalarLoops} from './scalar_loops.js';

/** Those of the current backend, where it has faster ones. */
export function statisticsLoops(): StatisticsLoops {
  const {statisticsLoops: own}: KernelBackend & Partial<FloatViewer> = backend();
  return own ?? scalarLoops;
}
