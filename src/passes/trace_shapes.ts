import {batchNormStatistics} from '../statistics/batch_norm.js';
import {probe} from '../statistics/probe.js';
import type {Pass} from './pass.js';

/** Enough for equalization to know which channels are wide. */
const SAMPLES = 4;

/** Run the float graph a few times and note the shape of every tensor, and how far its channels reach. */
export const traceShapes: Pass<'trace-shapes'> = {
  name: 'trace-shapes',
  summary: 'run the model to learn the shapes and the ranges of its tensors',
  preservesFunction: true,
  async run(graph, {options, plan, progress}) {
    const {shapes, statistics} = await probe(graph, options.probe, SAMPLES, done =>
      progress(done, SAMPLES),
    );
    plan.shapes = shapes;
    plan.statistics = new Map([
      ...statistics,
      ...batchNormStatistics(graph, plan.batchNormMoments, plan.sidecarOutputs),
    ]);
  },
};
