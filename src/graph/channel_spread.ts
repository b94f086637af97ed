import {exp, log} from '../quant/elementary.js';
import {type Layer, outputMagnitudes} from './layer.js';

/**
 * How uneven the output channels of a layer are: the widest channel's range over the geometric mean of
 * all. With one scale for the filter, log₂ of it is how many bits the average channel loses. Channels
 * without weights do not count; 1 where there are none.
 */
export function channelSpread(layer: Layer): number {
  const ranges = outputMagnitudes(layer).filter(range => range > 0);
  if (ranges.length === 0) return 1;
  const logs = ranges.map(log);
  const mean = logs.reduce((sum, value) => sum + value, 0) / logs.length;
  return exp(logs.reduce((most, value) => Math.max(most, value), -Infinity) - mean);
}
