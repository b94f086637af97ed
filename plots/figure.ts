import * as Plot from '@observablehq/plot';

/** Where and how large a plot is drawn. */
export interface FigureOptions {
  /** What makes its elements; the page's where there is one. */
  readonly document?: Document;
  /** Pixels; 640 by default. */
  readonly width?: number;
}

/** What stands above a plot. */
export interface Heading {
  readonly title: string;
  /** A line below the title. */
  readonly subtitle?: string;
}

/** A line across the plot at a value of reference. */
export interface Rule {
  readonly name: string;
  readonly value: number;
}

export interface Figure extends FigureOptions {
  readonly heading: Heading;
  /** Names of the series, in the order of {@link PALETTE}; one alone needs no legend. */
  readonly series: readonly string[];
  readonly height: number;
  /** Label of the y axis, above it. */
  readonly yLabel?: string;
  /** Pixels between heading and plot. */
  readonly headroom: number;
  readonly margin: {readonly right: number; readonly bottom: number; readonly left: number};
  readonly marks: readonly Plot.Markish[];
  readonly scales: Pick<Plot.PlotOptions, 'x' | 'y' | 'fy'>;
}

export const FONT_SIZE = 12;
export const WIDTH = 640;

/** Colours that keep a contrast of 3 : 1 and more on white and on near-black, apart for the colour-blind. */
export const PALETTE = ['#3b76d6', '#d9661f', '#2f9461', '#a05bc4', '#b3831a', '#c94a73'] as const;

const TITLE_SIZE = 15;
const LINE_HEIGHT = 20;

export function colourOf(index: number): string {
  return PALETTE[index % PALETTE.length];
}

/** Width of a text in pixels, about: fonts differ. */
export function textWidth(text: string): number {
  return 0.6 * FONT_SIZE * text.length;
}

/**
 * An SVG element with title, legend and marks. Text and axes take the colour of the text around it.
 *
 * @throws Error where there is no document
 */
export function figure({
  heading,
  series,
  marks,
  margin,
  scales,
  yLabel,
  headroom,
  ...size
}: Figure): SVGSVGElement {
  const document = size.document ?? (globalThis as {document?: Document}).document;
  if (document === undefined)
    throw new Error('plots need a document; pass option document, e.g. one of linkedom or jsdom');
  const header = headerOf(heading, series, margin.left, headroom, yLabel);
  const svg = Plot.plot({
    ...scales,
    document,
    width: size.width ?? WIDTH,
    height: size.height + header.height,
    marginTop: header.height,
    marginRight: margin.right,
    marginBottom: margin.bottom,
    marginLeft: margin.left,
    ariaLabel: heading.title,
    style: {fontSize: `${FONT_SIZE}px`, background: 'none'},
    marks: [...marks, ...header.marks],
  }) as SVGSVGElement;
  svg.setAttribute('role', 'img');
  svg.setAttribute('font-size', String(FONT_SIZE)); // for renderers without CSS
  shortenNumbers(svg);
  return svg;
}

function headerOf(
  {title, subtitle}: Heading,
  series: readonly string[],
  left: number,
  headroom: number,
  yLabel?: string,
) {
  const texts = [title, subtitle].filter(text => text !== undefined);
  const legendLine = texts.length;
  const labelLine = legendLine + (series.length > 1 ? 1 : 0);
  const height = LINE_HEIGHT * (labelLine + (yLabel === undefined ? 0 : 1)) + headroom;
  const at = (line: number) => ({
    frameAnchor: 'top-left' as const,
    facet: 'super' as const,
    dx: 8 - left,
    dy: LINE_HEIGHT * (line + 0.8) - height,
    lineAnchor: 'middle' as const,
    textAnchor: 'start' as const,
  });
  const marks: Plot.Markish[] = texts.map((text, i) =>
    Plot.text([text], {...at(i), ...(i === 0 ? {fontSize: TITLE_SIZE, fontWeight: 'bold'} : {})}),
  );
  if (series.length > 1) marks.push(...legendMarks(series, at(legendLine)));
  if (yLabel !== undefined) marks.push(Plot.text([yLabel], {...at(labelLine), fillOpacity: 0.8}));
  return {height, marks};
}

function legendMarks(series: readonly string[], place: {dx: number; dy: number}) {
  let dx = place.dx;
  return series.flatMap((name, i) => {
    const own = {...place, dx: dx + 5};
    dx += textWidth(name) + 30;
    return [
      Plot.dot([name], {...own, r: 4.5, fill: colourOf(i), symbol: symbolOf(i)}),
      Plot.text([name], {...own, dx: own.dx + 10}),
    ];
  });
}

const SYMBOLS = ['circle', 'triangle', 'square', 'diamond', 'star', 'wye'] as const;

/** A second sign by which series differ. */
export function symbolOf(index: number): (typeof SYMBOLS)[number] {
  return SYMBOLS[index % SYMBOLS.length];
}

const GEOMETRY = ['x', 'x1', 'x2', 'y', 'y1', 'y2', 'd', 'transform', 'width', 'height'];

/** A hundredth of a pixel is enough, and halves the file. */
function shortenNumbers(svg: SVGSVGElement): void {
  for (const element of svg.querySelectorAll('*'))
    for (const name of GEOMETRY) {
      const value = element.getAttribute(name);
      const shorter = value?.replace(/-?\d+\.\d{3,}/g, text =>
        String(Number(Number(text).toFixed(2))),
      );
      if (shorter !== undefined && shorter !== value) element.setAttribute(name, shorter);
    }
}
