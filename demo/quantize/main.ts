/** The page demo/quantize: a model of the reader's, in three steps. */
import {startPage} from '../common/page.js';
import type {OpenedModel} from '../worker/quantize/opening.js';
import {ModelSection} from './model_section.js';
import {type Outcome, OptionsSection} from './options_section.js';
import {ResultSection} from './result_section.js';
import {Session} from './session.js';

const page = await startPage(() => {
  session.lose();
  result.hide();
});
const session = new Session(page.worker);
let opened: OpenedModel | undefined;

const options: OptionsSection = new OptionsSection(
  page,
  session,
  () => result.stop(),
  async (outcome: Outcome) => {
    if (opened !== undefined) await result.show(opened, outcome.report, outcome.options);
  },
);

const models: ModelSection = new ModelSection(
  page,
  session,
  () => {
    options.stop();
    result.stop();
  },
  async model => {
    opened = model;
    result.hide();
    if (model.report === undefined) {
      await options.show(model);
      return;
    }
    options.hide();
    await result.show(model, model.report, {});
  },
  async images => {
    if (result.isShown) await result.try(images[0]);
    else options.take(images);
  },
);
const result: ResultSection = new ResultSection(page, session, () => models.showStored());

page.attempt(() => models.showStored());
