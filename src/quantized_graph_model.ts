import {GraphModel} from '@tensorflow/tfjs-converter';
import type {io} from '@tensorflow/tfjs-core';
import {DfqError} from './graph/dfq_error.js';
import {exportArtifacts, handlerOf} from './graph/export_model.js';
import type {Graph} from './graph/graph.js';
import {artifactsOf} from './graph/import_model.js';
import {Report} from './report/report.js';

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

/** The metadata's key of the report. */
const KEY = 'dfq';

/** Without times, so that the same model gives the same file. */
function withReport(artifacts: io.ModelArtifacts, report: Report): io.ModelArtifacts {
  const {passes, ...json} = report.toJSON();
  const untimed = passes.map(({milliseconds: _, ...rest}) => rest);
  const userDefinedMetadata = {
    ...artifacts.userDefinedMetadata,
    [KEY]: {...json, passes: untimed},
  };
  return {...artifacts, userDefinedMetadata};
}

/**
 * The report of a quantized model, just made or loaded from wherever it was saved; of a loaded one it
 * lacks the times.
 *
 * @throws DfqError if the model is not a quantized one, or is one of another version
 */
export function reportOf(model: GraphModel): Report {
  if (model instanceof QuantizedGraphModel) return model.report;
  const {userDefinedMetadata = {}} = artifactsOf(model);
  const json = (userDefinedMetadata as Readonly<Record<string, unknown>>)[KEY];
  if (json === undefined) {
    throw new DfqError('the model has no report; it was not quantized by tfjs-dfq');
  }
  return Report.fromJSON(json);
}
