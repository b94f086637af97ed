import {STYLE as reportStyle} from '../../plots/report_page/style.js';
import type {ReportSection} from '../../plots/index.js';
import {element} from '../common/dom.js';
import {makeSortable} from '../common/sortable.js';
import {nextFrame} from './next_frame.js';

/** Parts out of sight are not laid out, which keeps long reports from blocking the page. */
const LAZY = 'section { content-visibility: auto; contain-intrinsic-size: auto 700px; }';

/**
 * Shows the parts of a report, one a frame so that the page stays responsive. They stand in a shadow tree
 * with the report's own style sheet, which takes the page's colours.
 */
export async function showReport(
  place: HTMLElement,
  parts: readonly ReportSection[],
): Promise<void> {
  const root = place.shadowRoot ?? place.attachShadow({mode: 'open'});
  root.replaceChildren(element('style', {}, reportStyle + LAZY));
  for (const part of parts) {
    const section = element('section', {}, element('h2', {}, part.title));
    if (part.text !== undefined) section.append(element('p', {}, part.text));
    section.insertAdjacentHTML('beforeend', part.html); // its texts are escaped where it is made
    for (const table of section.querySelectorAll<HTMLTableElement>('table.sortable')) {
      makeSortable(table);
    }
    root.append(section);
    await nextFrame();
  }
}

/** Takes the report away. */
export function clearReport(place: HTMLElement): void {
  place.shadowRoot?.replaceChildren();
}
