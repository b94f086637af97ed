import type {Quantiles} from '../../src/report/channel_ranges.js';
import type {LayerReport} from '../../src/report/layer_reports.js';
import type {ReportData} from '../../src/report/report.js';
import {barPlot, type BarPlotData} from '../bar_plot.js';
import {channelRangePlot} from '../channel_range_plot.js';
import type {FigureOptions} from '../figure.js';
import {layerRangePlot} from '../layer_range_plot.js';
import {escapeHtml, shortened, shortNames} from './html.js';

/** A plot in two widths; the style sheet shows the one that fits. */
const WIDTHS = [
  {name: 'wide', width: 940, label: 38},
  {name: 'narrow', width: 366, label: 15},
] as const;

type Draw = (labels: readonly string[], options: FigureOptions) => SVGSVGElement;

/** The plots of a report as HTML figures; those that it has no figures for are left out. */
export function chartsOf(report: ReportData, document: Document | undefined) {
  const draw = (names: readonly string[], caption: string, plot: Draw) =>
    figureHtml(names, caption, plot, document);
  return {
    ranges: [channelChart(report, draw), rangeChart(report, draw)].join(''),
    noise: noiseChart(report, draw),
    cost: costCharts(report, draw),
  };
}

type Drawer = (names: readonly string[], caption: string, plot: Draw) => string;

function figureHtml(
  names: readonly string[],
  caption: string,
  plot: Draw,
  document: Document | undefined,
): string {
  const short = shortNames(names);
  const drawn = WIDTHS.map(({name, width, label}) => {
    const labels = short.map(text => shortened(text, label));
    return `<div class="${name}">${inline(plot(labels, {document, width}))}</div>`;
  });
  return `<figure>${drawn.join('')}<figcaption>${escapeHtml(caption)}</figcaption></figure>`;
}

/** HTML knows the namespaces of SVG. */
function inline(svg: SVGSVGElement): string {
  return svg.outerHTML.replace(/ xmlns(:\w+)?="[^"]*"/g, '');
}

function channelChart({channels}: ReportData, draw: Drawer): string {
  if (channels === undefined) return '';
  const {layer, channels: numbers, before, after} = channels;
  const panels = [
    {name: 'before', channels: before},
    {name: 'after', channels: after},
  ];
  const caption =
    `Weights of ${layer}: a box for each output channel, from the ` +
    'narrowest to the widest before equalization, relative to the largest weight of the layer. One scale for the whole ' +
    'filter serves channels that fill their axis, and leaves few levels to those that do not.';
  return draw([], caption, (_, options) =>
    channelRangePlot(
      {
        title: 'Channels of the layer evened out most',
        panels,
        numbers,
        xLabel: 'output channel, by range',
      },
      options,
    ),
  );
}

function rangeChart({layers}: ReportData, draw: Drawer): string {
  const known = layers.flatMap(({name, channelRanges}) =>
    channelRanges ? [{name, ...channelRanges}] : [],
  );
  if (known.length === 0) return '';
  const caption =
    'The largest |weight| of each output channel, as a share of the widest channel of the layer: ' +
    'smallest, quartiles and median over the channels, before and after equalization. The farther ' +
    'right a box, the better one scale fits all channels.';
  return draw(
    known.map(({name}) => name),
    caption,
    (labels, options) =>
      layerRangePlot(
        {
          title: 'Channel ranges by layer',
          valueLabel: 'share of the widest channel (log)',
          series: ['before', 'after'],
          rows: known.map(({before, after}, i) => ({
            label: labels[i],
            boxes: [relative(before), relative(after)],
          })),
        },
        options,
      ),
  );
}

function noiseChart({layers}: ReportData, draw: Drawer): string {
  const known = layers.filter(({decision}) => decision === 'int8');
  if (known.length === 0) return '';
  const caption =
    'Bars: the result of each int8 layer on the probe, against the float model, with the errors of ' +
    'all layers before. Signs: the same result put on its own grid alone, and the rounded weights. ' +
    'Ten decibels more are a tenth of the noise power; where a bar falls, the layer or what feeds it loses.';
  return bars(draw, known, caption, {
    title: 'Signal to quantization noise by layer',
    valueLabel: 'SQNR (dB)',
    series: ['activations', 'own grid', 'weights'],
    values: ({activationSqnr, gridSqnr, weightSqnr}) => [activationSqnr, gridSqnr, weightSqnr],
    format: value => value.toFixed(1),
  });
}

function costCharts({layers}: ReportData, draw: Drawer): string {
  if (layers.length === 0) return '';
  const isInt8 = ({decision}: LayerReport) => decision === 'int8';
  const work = bars(draw, layers, 'Multiply-accumulates for one sample.', {
    title: 'Work by layer',
    valueLabel: 'million multiply-accumulates',
    series: layers.every(isInt8) ? ['int8'] : ['int8', 'float'],
    values: layer => (isInt8(layer) ? [layer.macs / 1e6] : [undefined, layer.macs / 1e6]),
    format: value => value.toPrecision(3),
  });
  const size = bars(draw, layers, 'Filter, bias and scales on disk.', {
    title: 'Bytes by layer',
    valueLabel: 'kB',
    series: ['quantized model', 'float model'],
    values: ({bytes}) => [bytes.int8 / 1e3, bytes.float / 1e3],
    format: value => value.toFixed(1),
  });
  return work + size;
}

interface LayerBars extends Pick<BarPlotData, 'title' | 'valueLabel' | 'series' | 'format'> {
  readonly values: (layer: LayerReport) => Array<number | undefined>;
}

function bars(
  draw: Drawer,
  layers: readonly LayerReport[],
  caption: string,
  {values, ...data}: LayerBars,
): string {
  return draw(
    layers.map(({name}) => name),
    caption,
    (labels, options) =>
      barPlot(
        {...data, bars: layers.map((layer, i) => ({label: labels[i], values: values(layer)}))},
        options,
      ),
  );
}

/** As shares of the largest. */
function relative([min, q1, median, q3, max]: Quantiles): Quantiles {
  return [min / max, q1 / max, median / max, q3 / max, 1];
}
