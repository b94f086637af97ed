import {DOMParser} from 'linkedom';
import {svgFile} from '../plots/index.js';
import {rasterize} from './rasterize.js';

/** A document for plots, in place of a page's. */
export function plotDocument(): Document {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg"/>';
  return new DOMParser().parseFromString(svg, 'image/svg+xml') as unknown as Document;
}

/** Draws a plot as the contents of a file, in the format that its name ends on: .svg or .png. */
export async function plotContents(
  file: string,
  draw: (document: Document) => SVGSVGElement,
): Promise<string | Uint8Array> {
  const svg = svgFile(draw(plotDocument()));
  return file.toLowerCase().endsWith('.png') ? rasterize(svg) : svg;
}
