import {element} from './dom.js';
import type {Progress} from './rpc.js';

/** A bar with words and a button that cancels, hidden while nothing runs. */
export class ProgressBar {
  readonly element: HTMLElement;
  private readonly bar = element('progress', {max: '1', value: '0'});
  private readonly words = element('span', {class: 'step'});
  private readonly cancel = element('button', {type: 'button'}, 'Cancel');
  private running?: AbortController;

  constructor() {
    this.element = element('div', {class: 'progress'}, this.bar, this.words, this.cancel);
    this.element.hidden = true;
    this.cancel.addEventListener('click', () => this.stop());
  }

  /** Cancels what runs. */
  stop(): void {
    this.running?.abort();
  }

  get isRunning(): boolean {
    return this.running !== undefined;
  }

  /**
   * Shows the bar while `work` runs. Starting other work cancels what runs.
   *
   * @param label names the bar for those who do not see it
   * @param cancellable whether there is a button to cancel
   */
  async during<T>(
    label: string,
    work: (signal: AbortSignal, onProgress: (progress: Progress) => void) => Promise<T>,
    cancellable = true,
  ): Promise<T> {
    this.running?.abort();
    const controller = new AbortController();
    this.running = controller;
    this.bar.setAttribute('aria-label', label);
    this.show({step: label, done: 0});
    this.cancel.hidden = !cancellable;
    this.element.hidden = false;
    const isLatest = () => this.running === controller;
    try {
      return await work(controller.signal, progress => {
        if (isLatest()) this.show(progress);
      });
    } finally {
      if (isLatest()) {
        this.running = undefined;
        this.element.hidden = true;
      }
    }
  }

  private show({step, done}: Progress): void {
    this.bar.value = done;
    this.words.textContent = step;
  }
}
