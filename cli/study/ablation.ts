import type {PassName} from '../../node/index.js';
import {barPlot} from '../../plots/index.js';
import {formatDecibels, formatPercent, formatTable} from '../terminal.js';
import {type Measurement, METRIC_LABELS, metricOf, toJson} from './measurement.js';

export interface AblationRow extends Measurement {
  /** 'plain', '+ equalize-layers', 'all but equalize-layers' */
  readonly name: string;
  /** The passes that ran, of those that are studied. */
  readonly passes: readonly PassName[];
}

/** What each pass is worth (Nagel 2019, tables 1 and 2). */
export interface Ablation {
  readonly model: string;
  /** 'W8A8' */
  readonly widths: string;
  readonly perChannel: boolean;
  readonly inputs: string;
  readonly float: Measurement;
  /** Passes switched on in turn, and then each switched off alone. */
  readonly rows: readonly AblationRow[];
}

/** The combinations of passes of an ablation, in its order. */
export function combinations(
  passes: readonly PassName[],
): {name: string; passes: readonly PassName[]}[] {
  const inTurn = passes.map((pass, i) => ({name: `+ ${pass}`, passes: passes.slice(0, i + 1)}));
  // The last in turn is off alone as the one before the last: measured once.
  const alone = passes
    .slice(0, -1)
    .map(pass => ({name: `all but ${pass}`, passes: passes.filter(other => other !== pass)}));
  return [{name: 'plain', passes: []}, ...inTurn, ...alone];
}

export function ablationTable({widths, float, rows}: Ablation): string {
  const hasClasses = float.agreement !== null;
  const cells = ({top1, agreement, sqnr}: Measurement) => [
    ...(float.top1 === null ? [] : [formatPercent(top1)]),
    ...(hasClasses ? [formatPercent(agreement)] : []),
    formatDecibels(sqnr),
  ];
  const head = [
    ...(float.top1 === null ? [] : ['top-1']),
    ...(hasClasses ? ['agreement'] : []),
    'SQNR',
  ];
  return formatTable(
    [widths, ...head],
    [['float', ...cells(float)], ...rows.map(row => [row.name, ...cells(row)])],
  );
}

export function ablationJson({float, rows, ...rest}: Ablation): object {
  return {
    ...rest,
    float: toJson(float),
    rows: rows.map(row => ({name: row.name, passes: row.passes, ...toJson(row)})),
  };
}

export function ablationPlot(ablation: Ablation, document: Document): SVGSVGElement {
  const {model, widths, perChannel, inputs, float, rows} = ablation;
  const metric = metricOf(float);
  const isPercent = metric !== 'sqnr';
  const both = metric === 'top1';
  const valuesOf = (row: Measurement) => {
    const value = row[metric];
    const own = value !== null && Number.isFinite(value) ? value : undefined;
    return both ? [own, row.agreement ?? undefined] : [own];
  };
  const bars = rows.map(row => ({label: row.name, values: valuesOf(row)}));
  const reference = float[metric];
  return barPlot(
    {
      title: `${model}: what each pass is worth at ${widths}`,
      subtitle: `${inputs}, weights ${perChannel ? 'per channel' : 'per tensor'}`,
      valueLabel: both ? 'images (%)' : METRIC_LABELS[metric],
      series: both ? ['top-1', 'agreement with float'] : [METRIC_LABELS[metric]],
      bars: both ? [{label: 'float', values: valuesOf(float)}, ...bars] : bars,
      rules: both && reference !== null ? [{name: 'float', value: reference}] : [],
      ...(isPercent ? {domain: [0, 100] as const} : {}),
      format: value => value.toFixed(isPercent ? 2 : 1),
    },
    {document},
  );
}
