import * as Plot from '@observablehq/plot';
import {colourOf, figure, type FigureOptions, type Heading, WIDTH} from './figure.js';

/** What a box plot shows: minimum, lower quartile, median, upper quartile, maximum. */
export type Quantiles = readonly [number, number, number, number, number];

export interface ChannelRangePlotData extends Heading {
  /** One above the other: the same layer before and after equalization. */
  readonly panels: ReadonlyArray<{readonly name: string; readonly channels: readonly Quantiles[]}>;
  /** Of the channel axis; 'output channel' by default. */
  readonly xLabel?: string;
  /** Numbers of the channels, where they are not 0, 1, 2, …: named in tips. */
  readonly numbers?: readonly number[];
}

interface Box {
  readonly panel: string;
  readonly channel: number;
  readonly min: number;
  readonly q1: number;
  readonly median: number;
  readonly q3: number;
  readonly max: number;
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
  {title, subtitle, panels, xLabel = 'output channel', numbers}: ChannelRangePlotData,
  options: FigureOptions = {},
): SVGSVGElement {
  const names = panels.map(
    ({name, channels}) => `${name}: largest |weight| ${widest(channels).toPrecision(3)}`,
  );
  const boxes = panels.flatMap(({channels}, i) => boxesOf(names[i], channels, numbers));
  const count = Math.max(1, ...panels.map(({channels}) => channels.length));
  const step = ((options.width ?? WIDTH) - MARGIN.left - MARGIN.right) / count;
  const place = {x: 'channel', fy: 'panel', stroke: colourOf(0)};
  return figure({
    ...options,
    heading: {title, subtitle},
    series: [],
    height: 190 * panels.length + MARGIN.bottom,
    yLabel: "weight, as a share of the layer's largest",
    headroom: 26,
    margin: MARGIN,
    scales: {
      x: {
        label: xLabel,
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

function widest(channels: readonly Quantiles[]): number {
  return channels.reduce((most, [min, , , , max]) => Math.max(most, -min, max), 0) || 1;
}

function boxesOf(
  panel: string,
  channels: readonly Quantiles[],
  numbers?: readonly number[],
): Box[] {
  const unit = widest(channels);
  return channels.map((quantiles, channel) => {
    const [min, q1, median, q3, max] = quantiles.map(value => value / unit);
    const ends = [quantiles[0], quantiles[4]].map(value => value.toPrecision(3));
    const title = `channel ${numbers?.[channel] ?? channel}: ${ends.join(' … ')}`;
    return {panel, channel, min, q1, median, q3, max, title};
  });
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
