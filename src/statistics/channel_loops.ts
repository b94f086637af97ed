import {backend, type KernelBackend} from '@tensorflow/tfjs-core';
import type {ChannelLoops, FloatViewer} from '../ops.js';
import {scalarLoops} from './scalar_loops.js';

/** Those of the current backend, where it has faster ones. */
export function channelLoops(): ChannelLoops {
  const {channelLoops: own}: KernelBackend & Partial<FloatViewer> = backend();
  return own ?? scalarLoops;
}
