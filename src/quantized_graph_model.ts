import {GraphModel} from '@tensorflow/tfjs-converter';
import type {io} from '@tensorflow/tfjs-core';
import {exportArtifacts, handlerOf} from './graph/export_model.js';
import type {Graph} from './graph/graph.js';
import type {Report} from './report/report.js';

/** A GraphModel with int8 ops, and the report of how it came about. */
export class QuantizedGraphModel extends GraphModel<io.IOHandler> {
  constructor(
    graph: Graph,
    /** What happened to every layer, and why. Saved with the model in its user-defined metadata. */
    readonly report: Report,
  ) {
    super(handlerOf(withReport(exportArtifacts(graph), report)));
  }
}

function withReport(artifacts: io.ModelArtifacts, report: Report): io.ModelArtifacts {
  const {options, layers, notes} = report;
  const userDefinedMetadata = {...artifacts.userDefinedMetadata, dfq: {options, layers, notes}};
  return {...artifacts, userDefinedMetadata};
}
