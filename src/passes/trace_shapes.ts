import {traceShapes as trace} from '../statistics/probe.js';
import type {Pass} from './pass.js';

/** Run the float graph once and note the shape of every tensor. */
export const traceShapes: Pass<'trace-shapes'> = {
  name: 'trace-shapes',
  summary: 'run the model once to learn the shapes of its tensors',
  preservesFunction: true,
  async run(graph, {options, plan}) {
    plan.shapes = await trace(graph, options.probe);
  },
};
