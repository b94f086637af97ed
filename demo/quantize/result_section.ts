import {byId, element} from '../common/dom.js';
import {bytes, milliseconds, sentence} from '../common/format.js';
import type {Page} from '../common/page.js';
import type {ReportJson} from '../../src/index.js';
import type {OpenedModel} from '../worker/quantize/opening.js';
import type {PageOptions} from '../worker/quantize/quantization.js';
import type {Speed} from '../worker/quantize/speed.js';
import {tile, versus} from './figures.js';
import {clearReport, showReport} from './report_view.js';
import {SaveSection} from './save_section.js';
import type {Session} from './session.js';
import {TrialSection} from './trial_section.js';

/** Step 3: figures, saving, trying, and the report. */
export class ResultSection {
  private readonly section = byId('result', HTMLElement);
  private readonly report = byId('report', HTMLDivElement);
  private readonly tiles = byId('tiles', HTMLDivElement);
  private readonly saving: SaveSection;
  private readonly trial: TrialSection;
  private measuring = new AbortController();

  /** @param onStored called when this browser keeps another model */
  constructor(
    page: Page,
    private readonly session: Session,
    onStored: () => Promise<void>,
  ) {
    this.saving = new SaveSection(page, session, onStored);
    this.trial = new TrialSection(page, session);
  }

  get isShown(): boolean {
    return !this.section.hidden;
  }

  /** Runs both models on an image. */
  try(image: Blob): Promise<void> {
    return this.trial.run(image);
  }

  hide(): void {
    this.stop();
    this.section.hidden = true;
  }

  /** Gives up measuring: something else is wanted of the worker. */
  stop(): void {
    this.measuring.abort();
  }

  /** Shows what became of a model: at once what is known, then speed and plots as they come. */
  async show(model: OpenedModel, report: ReportJson, options: PageOptions): Promise<void> {
    this.stop();
    clearReport(this.report);
    this.showTiles(report, undefined);
    this.showNotes(report);
    this.saving.prepare(model.report === undefined ? `${model.name}-int8` : model.name);
    this.trial.prepare(model, options);
    this.section.hidden = false;
    byId('result-title', HTMLHeadingElement).focus();
    this.measuring = new AbortController();
    const {signal} = this.measuring;
    try {
      const {input, inputs, fills} = options;
      const speed = await this.session.call('measureSpeed', {input, inputs, fills}, {signal});
      this.showTiles(report, speed);
    } finally {
      await showReport(this.report, await this.session.call('drawReport', undefined, {signal}));
    }
  }

  private showNotes({notes}: ReportJson): void {
    byId('notes', HTMLUListElement).replaceChildren(
      ...notes.map(note => element('li', {}, sentence(note))),
    );
  }

  private showTiles({layers, totals, outputs}: ReportJson, speed: Speed | undefined): void {
    const {floatBytes, int8Bytes, macs, int8Macs} = totals;
    const int8 = layers.filter(({decision}) => decision === 'int8').length;
    const known = outputs.flatMap(({sqnr}) => sqnr ?? []);
    const noisiest = `${Math.min(...known).toFixed(1)} dB`;
    const equal = outputs.length > 0 ? 'exact' : 'not measured';
    const work = macs > 0 ? int8Macs / macs : undefined;
    const size = {label: 'float', value: floatBytes, text: bytes(floatBytes)};
    this.tiles.replaceChildren(
      versus('weights on disk', `${(int8Bytes / floatBytes).toFixed(2)}×`, size, {
        label: 'INT8',
        value: int8Bytes,
        text: bytes(int8Bytes),
      }),
      speedTile(speed),
      tile(
        outputs.length > 1 ? 'noisiest output' : 'output',
        known.length > 0 ? noisiest : equal,
        'signal over noise (SQNR), INT8 against float on generated inputs',
      ),
      tile(
        'int8 layers',
        `${int8} of ${layers.length}`,
        work === undefined ? '' : `${(100 * work).toFixed(1)} % of the work`,
        work,
      ),
    );
  }
}

function speedTile(speed: Speed | undefined): HTMLElement {
  if (speed === undefined) return tile('one prediction', '…', 'measuring');
  const {float, int8, rounds, threads} = speed;
  const side = (label: string, value: number) => ({label, value, text: milliseconds(value)});
  const made = versus(
    'one prediction',
    float === undefined
      ? milliseconds(int8.median)
      : `${(float.median / int8.median).toFixed(1)}× faster`,
    float && side('float', float.median),
    side('INT8', int8.median),
  );
  const isThreaded = Math.max(threads.float, threads.int8) > 1;
  const used = isThreaded ? `; threads: float ${threads.float}, INT8 ${threads.int8}` : '';
  made.append(element('span', {class: 'detail'}, `medians of ${rounds} runs in turn${used}`));
  return made;
}
