import type {Inspection} from '../node/index.js';
import {formatBytes, formatTable} from './terminal.js';

/** An inspection as text: inputs and outputs, totals, operations by number, and every node's fate. */
export function formatInspection(inspection: Inspection): string {
  const {inputs, outputs, ops, macs, parameters, bytes, nodes} = inspection;
  const tensors = [
    ...inputs.map(t => ['input', ...tensor(t)]),
    ...outputs.map(t => ['output', ...tensor(t)]),
  ];
  const counts = Object.entries(ops).sort(([a, m], [b, n]) => n - m || a.localeCompare(b));
  const int8 = nodes.filter(({decision}) => decision === 'int8').length;
  return [
    formatTable(['', 'name', 'shape', 'dtype'], tensors),
    `${macs.toLocaleString('en')} multiply-accumulates, ${parameters.toLocaleString('en')} parameters, ${formatBytes(bytes)}`,
    formatTable(
      ['operation', 'nodes'],
      counts.map(([op, count]) => [op, String(count)]),
    ),
    `quantize: ${int8} of ${nodes.length} nodes become int8`,
    formatTable(
      ['node', 'operation', 'becomes', 'because'],
      nodes.map(({name, op, decision, reason}) => [name, op, decision, reason ?? '']),
    ),
  ].join('\n\n');
}

function tensor({name, shape, dtype}: Inspection['inputs'][number]): string[] {
  return [name, shape ? `[${shape.join(', ')}]` : 'unknown', dtype ?? ''];
}
