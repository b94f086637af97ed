import {byId, element} from './dom.js';
import {sentence} from './format.js';
import {isCancelled, UserError} from './user_error.js';

/** For errors that don't tell themselves; those of the library (DfqError) do. */
const USUAL_REMEDY = 'Reload the page; if it happens again, please report it with these words.';

/** Where the page says what went wrong, in words, and what to do: `<div id="errors">`. */
export class ErrorPanel {
  private readonly place = byId('errors', HTMLDivElement);
  /** What had the focus before the panel took it. */
  private before: Element | null = null;

  /** Shows an error, and moves the focus to it, until it is dismissed or {@link clear}ed; that a call was cancelled is none. */
  show(error: unknown): void {
    if (isCancelled(error)) return;
    const close = element('button', {type: 'button', class: 'close', 'aria-label': 'Dismiss'}, '×');
    close.addEventListener('click', () => this.dismiss());
    const paragraphs = wordsOf(error).map((text, i) =>
      element('p', {class: i === 0 ? 'what' : 'remedy'}, text),
    );
    const attributes = {class: 'error', role: 'alert', tabindex: '-1'};
    const panel = element('div', attributes, element('div', {}, ...paragraphs), close);
    if (!this.place.contains(document.activeElement)) this.before = document.activeElement;
    this.place.replaceChildren(panel);
    panel.focus();
  }

  clear(): void {
    this.place.replaceChildren();
  }

  private dismiss(): void {
    this.clear();
    if (this.before instanceof HTMLElement) this.before.focus();
  }
}

function wordsOf(error: unknown): string[] {
  if (error instanceof UserError) return [sentence(error.message), sentence(error.remedy)];
  if (!(error instanceof Error)) return [sentence(String(error)), USUAL_REMEDY];
  return error.name === 'DfqError' ? [sentence(error.message)] : [sentence(error.message), USUAL_REMEDY]; // prettier-ignore
}
