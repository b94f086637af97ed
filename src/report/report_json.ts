import {DfqError} from '../graph/dfq_error.js';
import type {PassRecord} from '../passes/pipeline.js';
import type {ReportData} from './report.js';
import {grouped, type RewriteGroup} from './rewrites.js';

/** Version of the JSON form; raised when a reader of older ones would misread it. */
export const SCHEMA = 1;

export interface PassGroups extends Omit<PassRecord, 'rewrites'> {
  readonly rewrites: readonly RewriteGroup[];
}

/** A report as plain data: what is saved with a model, and what `dfq quantize --report x.json` writes. */
export interface ReportJson extends Omit<ReportData, 'passes'> {
  readonly schema: typeof SCHEMA;
  readonly passes: readonly PassGroups[];
}

export function reportToJson(report: ReportData): ReportJson {
  const passes = report.passes.map(({rewrites, ...rest}) => ({
    ...rest,
    rewrites: grouped(rewrites),
  }));
  return {schema: SCHEMA, ...report, passes};
}

/**
 * The report of its JSON form.
 *
 * @throws DfqError for data that is no report, or one of another schema
 */
export function reportFromJson(json: unknown): ReportData {
  if (!isReport(json)) {
    const {schema} = (json ?? {}) as {schema?: unknown};
    throw new DfqError(
      schema === undefined || schema === SCHEMA
        ? 'this is not a report of tfjs-dfq; quantize the float model again'
        : `the report has schema ${JSON.stringify(schema)}, this version reads ${SCHEMA}; quantize the float model again`,
    );
  }
  const {schema: _, passes, ...rest} = json;
  return {...rest, passes: passes.map(expanded)};
}

function expanded({rewrites, ...rest}: PassGroups): PassRecord {
  return {
    ...rest,
    rewrites: rewrites.flatMap(({nodes, done, text}) => nodes.map(node => ({node, done, text}))),
  };
}

const LISTS = ['layers', 'floatNodes', 'outputs', 'passes', 'notes'] as const;

function isReport(json: unknown): json is ReportJson {
  if (typeof json !== 'object' || json === null) return false;
  const fields = json as Record<string, unknown>;
  const hasObjects = ['options', 'totals', 'ops'].every(key => typeof fields[key] === 'object');
  return (
    fields['schema'] === SCHEMA && hasObjects && LISTS.every(key => Array.isArray(fields[key]))
  );
}
