/** What draws reports without a page: loaded when the first is to be drawn. */
import {DOMParser} from 'linkedom/worker';

export {reportPage, reportSections} from '../../../plots/index.js';

/** A document for plots, in place of a page's. */
export function plotDocument(): Document {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg"/>';
  return new DOMParser().parseFromString(svg, 'image/svg+xml') as unknown as Document;
}
