import {layersOf} from '../graph/layer.js';
import type {Graph} from '../graph/graph.js';
import {batchNormStatistics} from '../statistics/batch_norm.js';
import {probe} from '../statistics/probe.js';
import type {Pass, PassContext} from './pass.js';

/** Enough for equalization to know which channels are wide. */
const SAMPLES = 4;

/** Run the float graph and note the shape of every tensor, and how far the channels reach that layers read. */
export const traceShapes: Pass<'trace-shapes'> = {
  name: 'trace-shapes',
  summary: 'run the model to learn the shapes of its tensors and the ranges that layers read',
  preservesFunction: true,
  async run(graph, context) {
    const {options, plan, progress} = context;
    const known = batchNormStatistics(graph, plan.batchNormMoments, plan.sidecarOutputs);
    const refs = new Set(wantedRanges(graph, context).filter(ref => !known.has(ref)));
    const samples = refs.size > 0 ? SAMPLES : 1;
    const onSample = (done: number) => progress(done, samples);
    const {shapes, statistics} = await probe(graph, options.probe, samples, {refs, onSample});
    plan.shapes = shapes;
    plan.statistics = new Map([...statistics, ...known]);
  },
};

/** The tensors whose ranges equalization reads. The channels of what the model is fed can't be scaled. */
function wantedRanges(graph: Graph, {options}: PassContext): string[] {
  if (options.equalize === 'weights') return [];
  return layersOf(graph).flatMap(({input}) => (graph.inputs.includes(input) ? [] : input));
}
