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

export interface Line {
  readonly name: string;
  readonly points: ReadonlyArray<{readonly x: number; readonly y: number}>;
}

export interface LinePlotData extends Heading {
  /** What the axes show, with units: 'top-1 (%)'. */
  readonly xLabel: string;
  readonly yLabel: string;
  readonly lines: readonly Line[];
  /** Values of y to compare with: the float model's. */
  readonly rules?: readonly Rule[];
  /** Ends of the y axis; by default those of the data. */
  readonly yDomain?: readonly [number, number];
}

interface Point {
  readonly x: number;
  readonly y: number;
  readonly title: string;
}

/** Values of several series over whole numbers x, such as accuracy against bits. */
export function linePlot(data: LinePlotData, options: FigureOptions = {}): SVGSVGElement {
  const {lines, rules = [], xLabel, yLabel, yDomain, title, subtitle} = data;
  const ticks = [...new Set(lines.flatMap(({points}) => points.map(({x}) => x)))];
  ticks.sort((a, b) => a - b);
  return figure({
    ...options,
    heading: {title, subtitle},
    series: lines.map(({name}) => name),
    height: 330,
    yLabel,
    headroom: 14,
    margin: {
      left: 56,
      right: 24 + Math.max(0, ...rules.map(({name}) => textWidth(name))),
      bottom: 44,
    },
    scales: {
      x: {
        label: xLabel,
        labelAnchor: 'center',
        labelArrow: 'none',
        ticks,
        tickFormat: String,
        inset: 8,
      },
      y: {
        label: null,
        grid: true,
        nice: yDomain === undefined,
        ...(yDomain ? {domain: yDomain} : {}),
      },
    },
    marks: [
      Plot.axisX({
        ticks,
        tickFormat: String,
        label: xLabel,
        labelAnchor: 'center',
        labelArrow: 'none',
      }),
      ...rules.flatMap(ruleMarks),
      ...lines.flatMap((line, i) => lineMarks(line, i, xLabel, yLabel)),
    ],
  });
}

function ruleMarks(rule: Rule): Plot.Markish[] {
  return [
    Plot.ruleY([rule], {
      y: 'value',
      strokeDasharray: '5,4',
      strokeOpacity: 0.7,
      title: ({name, value}: Rule) => `${name}: ${value}`,
    }),
    Plot.text([rule], {y: 'value', text: 'name', frameAnchor: 'right', textAnchor: 'start', dx: 8}),
  ];
}

function lineMarks({name, points}: Line, index: number, xLabel: string, yLabel: string) {
  const colour = colourOf(index);
  const data = points.map(({x, y}): Point => ({
    x,
    y,
    title: `${name}, ${xLabel} ${x}: ${yLabel} ${y}`,
  }));
  const place = {x: 'x', y: 'y'};
  return [
    Plot.line(data, {...place, stroke: colour, strokeWidth: 2}),
    Plot.dot(data, {...place, fill: colour, r: 3.5, symbol: symbolOf(index), title: 'title'}),
  ];
}
