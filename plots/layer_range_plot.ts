import * as Plot from '@observablehq/plot';
import type {Quantiles} from './channel_range_plot.js';
import {colourOf, figure, type FigureOptions, type Heading, textWidth} from './figure.js';

export interface LayerRangePlotData extends Heading {
  /** What the values are: 'largest |weight| of a channel, as a share of the layer’s'. */
  readonly valueLabel: string;
  /** At most two: a box each in every row. */
  readonly series: readonly string[];
  /** From top to bottom; a box for each of the series. */
  readonly rows: ReadonlyArray<{
    readonly label: string;
    readonly boxes: readonly Quantiles[];
  }>;
}

interface Box {
  readonly y: number;
  readonly min: number;
  readonly q1: number;
  readonly median: number;
  readonly q3: number;
  readonly max: number;
  readonly title: string;
}

const ROW = 24;
/** Narrower channels than this are drawn at the axis. */
const LEAST = 1e-4;

/**
 * How the ranges of channels are spread, layer by layer, on a logarithmic axis that ends at 1: whiskers
 * from smallest to largest, box from first to third quartile, a white line at the median.
 */
export function layerRangePlot(
  {title, subtitle, valueLabel, series, rows}: LayerRangePlotData,
  options: FigureOptions = {},
): SVGSVGElement {
  const offset = (i: number) => (series.length > 1 ? (i === 0 ? -0.2 : 0.2) : 0);
  const start = least(rows);
  return figure({
    ...options,
    heading: {title, subtitle},
    series,
    height: ROW * Math.max(rows.length, 1) + 48,
    headroom: 12,
    margin: {
      left: 16 + Math.max(0, ...rows.map(({label}) => textWidth(label))),
      right: 20,
      bottom: 48,
    },
    scales: {
      x: {
        type: 'log',
        domain: [start, 1],
        label: valueLabel,
        labelAnchor: 'center',
        labelArrow: 'none',
        grid: true,
        ticks: ticksFrom(start),
        tickFormat: (share: number) => `${+(100 * share).toPrecision(3)} %`,
      },
      y: {
        label: null,
        domain: [rows.length - 0.5, -0.5],
        ticks: rows.map((_, i) => i),
        tickFormat: (row: number) => rows[row]?.label ?? '',
        tickSize: 0,
      },
    },
    marks: series.flatMap((name, i) => boxMarks(boxesOf(rows, i, name, offset(i)), i)),
  });
}

/** Powers of ten, and between them 3 where there are few. */
function ticksFrom(start: number): number[] {
  const decades = Math.round(-Math.log10(start));
  const steps = decades > 2 ? [1] : [1, 3];
  return Array.from({length: decades + 1}, (_, i) => steps.map(step => step * start * 10 ** i))
    .flat()
    .filter(tick => tick < 1.001);
}

function least(rows: LayerRangePlotData['rows']): number {
  const smallest = Math.min(...rows.flatMap(({boxes}) => boxes.map(([min]) => min)), 0.1);
  return 10 ** Math.floor(Math.log10(Math.max(smallest, LEAST)));
}

function boxesOf(rows: LayerRangePlotData['rows'], index: number, name: string, offset: number) {
  const percent = (share: number) => `${+(100 * share).toPrecision(2)} %`;
  return rows.flatMap(({label, boxes}, row): Box[] => {
    const box = boxes[index];
    if (box === undefined) return [];
    const [min, q1, median, q3, max] = box.map(value => Math.max(value, LEAST));
    const title = `${label}, ${name}: ${percent(box[0])} to ${percent(box[4])}, median ${percent(box[2])}`;
    return [{y: row + offset, min, q1, median, q3, max, title}];
  });
}

function boxMarks(boxes: readonly Box[], index: number): Plot.Markish[] {
  const stroke = colourOf(index);
  const place = {y: 'y', stroke};
  return [
    Plot.link(boxes, {...place, x1: 'min', x2: 'max', y1: 'y', y2: 'y', strokeWidth: 1.2}),
    Plot.link(boxes, {
      ...place,
      x1: 'q1',
      x2: 'q3',
      y1: 'y',
      y2: 'y',
      strokeWidth: 7,
      title: 'title',
    }),
    Plot.link(boxes, {
      x1: 'median',
      x2: 'median',
      y1: ({y}: Box) => y - 0.15,
      y2: ({y}: Box) => y + 0.15,
      stroke: 'white',
      strokeWidth: 2,
    }),
  ];
}
