/** A report made by hand, for tests of its text and its page. */
import {Report, type ReportData} from '../../../src/report/report.js';
import {OPTIONS} from '../fixtures.js';

const {probe: _, ...options} = OPTIONS;

const DATA: ReportData = {
  options,
  totals: {macs: 3_000_000, int8Macs: 2_000_000, floatBytes: 10_000, int8Bytes: 2_600},
  outputs: [{tensor: 'net/y', sqnr: 25.5}, {tensor: 'net/same'}],
  layers: [
    {
      name: 'net/a/Conv2D',
      op: 'Conv2D',
      decision: 'int8',
      macs: 1_500_000,
      bytes: {float: 6000, int8: 1500},
      statistics: 'probe',
      weights: {bits: 8, granularity: 'per-tensor', symmetric: false, scale: [0.01, 0.01]},
      weightSqnr: 40.2,
      input: {tensor: 'x', bits: 8, scale: 0.0078, zeroPoint: 0},
      output: {tensor: 'net/a/Relu', bits: 8, scale: 0.02, zeroPoint: -128},
      activationSqnr: 38.1,
      gridSqnr: 44,
      channelRanges: {before: [0.1, 0.2, 0.3, 0.6, 1.2], after: [0.5, 0.5, 0.6, 0.7, 0.8]},
    },
    {
      name: 'net/b<script>alert("b")</script>/Conv2D',
      op: 'Conv2D',
      decision: 'int8',
      macs: 500_000,
      bytes: {float: 3000, int8: 800},
      statistics: 'batch-norm',
      activationSqnr: 9.4,
    },
    {
      name: 'net/c/MatMul',
      op: 'MatMul',
      decision: 'float',
      reason: 'it is to be skipped',
      macs: 1_000_000,
      bytes: {float: 300, int8: 300},
    },
  ],
  floatNodes: [{name: 'net/y', op: 'Softmax', reason: 'no int8 layer follows'}],
  channels: {
    layer: 'net/a/Conv2D',
    channels: [2, 0],
    before: [
      [-0.1, -0.05, 0, 0.05, 0.1],
      [-1.2, -0.5, 0, 0.5, 1],
    ],
    after: [
      [-0.5, -0.2, 0, 0.2, 0.5],
      [-0.8, -0.4, 0, 0.4, 0.7],
    ],
  },
  passes: [
    {
      pass: 'equalize-layers',
      milliseconds: 12.4,
      rewrites: [
        {node: '', done: true, text: '1 group'},
        {node: 'net/b', done: false, text: "Softmax does not commute with scales ('net/y')"},
        {node: 'net/c', done: false, text: "Softmax does not commute with scales ('net/z')"},
      ],
    },
    {pass: 'correct-bias', rewrites: [{node: 'net/a', done: true, text: 'corrected'}]},
  ],
  ops: {Int8Conv2D: 2, MatMul: 1},
  notes: ['pixels are taken to be pixels'],
};

export function handmadeReport(changes: Partial<ReportData> = {}): Report {
  return new Report({...DATA, ...changes});
}
