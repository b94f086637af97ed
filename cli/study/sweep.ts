import {linePlot} from '../../plots/index.js';
import {formatDecibels, formatPercent, formatTable} from '../terminal.js';
import {type Measurement, METRIC_LABELS, metricOf, toJson} from './measurement.js';

/** Plain and data-free quantization at one bit width. */
export interface SweepPoint {
  readonly bits: number;
  readonly plain: Measurement;
  readonly dfq: Measurement;
}

/** Accuracy against bit width (Nagel 2019, figure 1 and §5.2.2). */
export interface Sweep {
  readonly model: string;
  /** What has these bits: 'weights and activations'. */
  readonly part: string;
  readonly perChannel: boolean;
  /** What it was measured on. */
  readonly inputs: string;
  readonly float: Measurement;
  readonly points: readonly SweepPoint[];
}

export function sweepTable({float, points}: Sweep): string {
  const cells = ({top1, agreement, sqnr}: Measurement) => [
    ...(float.top1 === null ? [] : [formatPercent(top1)]),
    ...(float.agreement === null ? [] : [formatPercent(agreement)]),
    formatDecibels(sqnr),
  ];
  const columns = [
    ...(float.top1 === null ? [] : ['top-1']),
    ...(float.agreement === null ? [] : ['agreement']),
    'SQNR',
  ];
  const rows = points.map(({bits, plain, dfq}) => [String(bits), ...cells(plain), ...cells(dfq)]);
  const head = ['plain', 'data-free'].flatMap(name => columns.map(column => `${name} ${column}`));
  const summary = float.top1 === null ? '' : `float: top-1 ${formatPercent(float.top1)}\n`;
  return `${summary}${formatTable(['bits', ...head], rows)}`;
}

export function sweepJson({float, points, ...rest}: Sweep): object {
  return {
    ...rest,
    float: toJson(float),
    points: points.map(({bits, plain, dfq}) => ({bits, plain: toJson(plain), dfq: toJson(dfq)})),
  };
}

export function sweepPlot(sweep: Sweep, document: Document): SVGSVGElement {
  const {model, part, perChannel, inputs, float, points} = sweep;
  const metric = metricOf(float);
  const line = (name: string, values: (point: SweepPoint) => Measurement) => ({
    name,
    points: points.flatMap(point => {
      const y = values(point)[metric];
      return y !== null && Number.isFinite(y) ? [{x: point.bits, y}] : [];
    }),
  });
  const reference = float[metric];
  return linePlot(
    {
      title: `${model}: ${METRIC_LABELS[metric].replace(/ \(.*/, '')} by bit width`,
      subtitle: `${inputs}, weights ${perChannel ? 'per channel' : 'per tensor'}`,
      xLabel: `bits of ${part}`,
      yLabel: METRIC_LABELS[metric],
      lines: [line('data-free quantization', ({dfq}) => dfq), line('plain', ({plain}) => plain)],
      rules: metric === 'top1' && reference !== null ? [{name: 'float', value: reference}] : [],
      ...(metric === 'sqnr' ? {} : {yDomain: [0, 100] as const}),
    },
    {document},
  );
}
