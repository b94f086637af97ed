import * as Plot from '@observablehq/plot';
import {
  colourOf,
  figure,
  type FigureOptions,
  type Heading,
  type Rule,
  symbolOf,
  textWidth,
} from './figure.js';

export interface Bar {
  readonly label: string;
  /** One value a series; undefined where there is none. */
  readonly values: ReadonlyArray<number | undefined>;
}

export interface BarPlotData extends Heading {
  /** What the values are, with their unit: 'SQNR (dB)'. */
  readonly valueLabel: string;
  /** The first is drawn as bars, the others as signs in the same rows. */
  readonly series: readonly string[];
  /** From top to bottom. */
  readonly bars: readonly Bar[];
  readonly rules?: readonly Rule[];
  /** Ends of the axis; by default those of the data, and 0. */
  readonly domain?: readonly [number, number];
  /** Of values beside the bars; two decimals by default. */
  readonly format?: (value: number) => string;
}

interface Cell {
  readonly row: number;
  readonly value: number;
  readonly title: string;
}

const ROW = 20;
/** Labels are cut on the left, where layers of one model are alike. */
const LONGEST_LABEL = 40;

/** Values by name, such as accuracy by pass or signal-to-noise ratio by layer. */
export function barPlot(data: BarPlotData, options: FigureOptions = {}): SVGSVGElement {
  const {bars, series, rules = [], valueLabel, domain, title, subtitle} = data;
  const {format = (value: number) => value.toFixed(2)} = data;
  const labels = bars.map(({label}) => shorten(label));
  return figure({
    ...options,
    heading: {title, subtitle},
    series,
    height: ROW * Math.max(bars.length, 1) + 48,
    headroom: 12,
    margin: {left: 16 + Math.max(...labels.map(textWidth), 0), right: 64, bottom: 48},
    scales: {
      x: {
        label: valueLabel,
        labelAnchor: 'center',
        labelArrow: 'none',
        grid: true,
        ...(domain ? {domain} : {nice: true}),
      },
      y: {
        type: 'band',
        label: null,
        domain: bars.map((_, row) => row),
        tickFormat: (row: number) => labels[row],
        tickSize: 0,
        padding: 0.2,
      },
    },
    marks: [
      ...series.flatMap((name, i) =>
        seriesMarks(cellsOf(bars, i, name, format), i, format, domain?.[0] ?? 0),
      ),
      Plot.ruleX([domain?.[0] ?? 0]),
      ...rules.map(rule => ruleMark(rule, format)),
    ],
  });
}

function shorten(label: string): string {
  return label.length <= LONGEST_LABEL ? label : `…${label.slice(1 - LONGEST_LABEL)}`;
}

function cellsOf(
  bars: readonly Bar[],
  index: number,
  name: string,
  format: (value: number) => string,
): Cell[] {
  return bars.flatMap(({label, values}, row) => {
    const value = values[index];
    if (value === undefined) return [];
    return [{row, value, title: `${label}: ${name} ${format(value)}`}];
  });
}

function seriesMarks(
  cells: readonly Cell[],
  index: number,
  format: (value: number) => string,
  start: number,
): Plot.Markish[] {
  const place = {x: 'value', y: 'row', fill: colourOf(index), title: 'title'};
  if (index > 0) return [Plot.dot(cells, {...place, symbol: symbolOf(index), r: 4.5})];
  return [
    Plot.barX(cells, {x1: start, x2: 'value', y: 'row', fill: place.fill, title: 'title'}),
    Plot.text(cells, {
      y: 'row',
      text: ({value}: Cell) => format(value),
      frameAnchor: 'right',
      textAnchor: 'start',
      dx: 10,
    }),
  ];
}

function ruleMark({name, value}: Rule, format: (value: number) => string): Plot.Markish {
  return Plot.ruleX([value], {
    strokeDasharray: '5,4',
    strokeOpacity: 0.7,
    title: () => `${name}: ${format(value)}`,
  });
}
