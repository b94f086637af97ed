import type {LayerChannels} from '../graph/channel_groups.js';
import {forEachRun, forEachWeight} from '../graph/layer.js';
import type {PeakEdge} from './equalization_solver.js';
import type {LayerPeaks} from './largest_weights.js';

/**
 * What equalization needs of the weights of one layer: the largest |weight| for each pair of variables that
 * it connects, over taps and over channels of one variable. A depthwise layer connects few.
 */
export function peaksOf(channels: LayerChannels): LayerPeaks | readonly PeakEdge[] {
  return channels.layer.kind === 'depthwise' ? edgesOf(channels) : matrixOf(channels);
}

function edgesOf({layer, reads, writes}: LayerChannels): PeakEdge[] {
  const peaks = new Float64Array(layer.outChannels);
  forEachWeight(layer, (i, _, c) => {
    peaks[c] = Math.max(peaks[c], Math.abs(layer.filter.values[i]));
  });
  const multiplier = layer.outChannels / layer.inChannels;
  return Array.from(peaks, (peak, c) => ({
    read: reads[Math.floor(c / multiplier)],
    write: writes[c],
    peak,
  }));
}

function matrixOf({layer, reads, writes}: LayerChannels): LayerPeaks {
  const rows = distinct(reads);
  const columns = distinct(writes);
  const width = columns.variables.length;
  const peaks = new Float32Array(rows.variables.length * width);
  const {values} = layer.filter;
  const rowStarts = rows.places.map(place => place * width);
  forEachRun(layer, (start, length, inChannel, inStep, outChannel, outStep) => {
    for (let k = 0; k < length; k++) {
      const at = rowStarts[inChannel + k * inStep] + columns.places[outChannel + k * outStep];
      const magnitude = Math.abs(values[start + k]);
      if (magnitude > peaks[at]) peaks[at] = magnitude;
    }
  });
  return {reads: rows.variables, writes: columns.variables, peaks};
}

/** The different variables, and the place of each channel's among them. */
function distinct(scales: Int32Array): {variables: Int32Array; places: Int32Array} {
  const known = new Map<number, number>();
  const places = scales.map(variable => {
    const place = known.get(variable) ?? known.size;
    known.set(variable, place);
    return place;
  });
  return {variables: Int32Array.from(known.keys()), places};
}
