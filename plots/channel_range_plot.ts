import * as Plot from '@observablehq/plot';
import {colourOf, figure, type FigureOptions, type Heading, WIDTH} from './figure.js';

/** The five numbers of a box plot. */
export interface ChannelSummary {
  readonly min: number;
  readonly q1: number;
  readonly median: number;
  readonly q3: number;
  readonly max: number;
}

export interface ChannelRangePlotData extends Heading {
  /** One above the other: the same layer before and after equalization. */
  readonly panels: ReadonlyArray<{
    readonly name: string;
    readonly channels: readonly ChannelSummary[];
  }>;
}

interface Box extends ChannelSummary {
  readonly panel: string;
  readonly channel: number;
  readonly title: string;
}

const MARGIN = {left: 56, right: 24, bottom: 44};

/**
 * Ranges of a layer's weights by output channel (Nagel 2019, figures 2 and 6): whiskers from smallest to
 * largest, box from first to third quartile, a dot at the median.
 *
 * Each panel is relative to its largest |weight|, which sets the scale of a per-tensor grid: a channel
 * that fills a hundredth of the axis is left with two or three of 256 levels.
 */
export function channelRangePlot(
  {title, subtitle, panels}: ChannelRangePlotData,
  options: FigureOptions = {},
): SVGSVGElement {
  const names = panels.map(
    ({name, channels}) => `${name}: largest |weight| ${widest(channels).toPrecision(3)}`,
  );
  const boxes = panels.flatMap(({channels}, i) => boxesOf(names[i], channels));
  const count = Math.max(1, ...panels.map(({channels}) => channels.length));
  const step = ((options.width ?? WIDTH) - MARGIN.left - MARGIN.right) / count;
  const place = {x: 'channel', fy: 'panel', stroke: colourOf(0)};
  return figure({
    ...options,
    heading: {title, subtitle},
    series: [],
    height: 190 * panels.length + MARGIN.bottom,
    yLabel: "weight, as a share of the layer's largest",
    headroom: 12,
    margin: MARGIN,
    scales: {
      x: {
        label: 'output channel',
        labelAnchor: 'center',
        labelArrow: 'none',
        domain: [-0.5, count - 0.5],
        tickFormat: 'd',
      },
      y: {
        label: null,
        domain: [-1, 1],
        ticks: 5,
        grid: true,
      },
      fy: {label: null, axis: null, domain: names, padding: 0.18},
    },
    marks: [
      Plot.ruleY([0], {strokeOpacity: 0.5}),
      Plot.ruleX(boxes, {
        ...place,
        y1: 'min',
        y2: 'max',
        strokeWidth: clamp(step * 0.25, 0.4, 1.5),
        title: 'title',
      }),
      Plot.ruleX(boxes, {...place, y1: 'q1', y2: 'q3', strokeWidth: clamp(step * 0.7, 0.8, 10)}),
      Plot.dot(boxes, {
        x: 'channel',
        fy: 'panel',
        y: 'median',
        r: clamp(step * 0.25, 0.5, 2.5),
        fill: colourOf(1),
      }),
      Plot.text(names, {
        fy: name => String(name),
        frameAnchor: 'top-right',
        dy: -14,
        text: name => String(name),
      }),
    ],
  });
}

/** @throws Error for a channel without weights */
export function summarizeChannel(weights: ArrayLike<number>): ChannelSummary {
  if (weights.length === 0) throw new Error('a channel without weights has no range');
  const sorted = Float64Array.from(weights).sort();
  /** Between the two neighbours of the quantile, in proportion. */
  const quantile = (share: number) => {
    const place = share * (sorted.length - 1);
    const below = Math.floor(place);
    const next = sorted[Math.min(below + 1, sorted.length - 1)];
    return sorted[below] + (place - below) * (next - sorted[below]);
  };
  const [min, q1, median, q3, max] = [0, 0.25, 0.5, 0.75, 1].map(quantile);
  return {min, q1, median, q3, max};
}

function widest(channels: readonly ChannelSummary[]): number {
  return channels.reduce((most, {min, max}) => Math.max(most, -min, max), 0) || 1;
}

function boxesOf(panel: string, channels: readonly ChannelSummary[]): Box[] {
  const unit = widest(channels);
  return channels.map(({min, q1, median, q3, max}, channel) => ({
    panel,
    channel,
    min: min / unit,
    q1: q1 / unit,
    median: median / unit,
    q3: q3 / unit,
    max: max / unit,
    title: `channel ${channel}: ${min.toPrecision(3)} … ${max.toPrecision(3)}`,
  }));
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
