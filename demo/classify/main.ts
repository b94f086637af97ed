/** The page demo/classify: one model in three versions, over a stream of images and on one. */
import {classNames} from '../../models/pictograms/generator.js';
import {byId} from '../common/dom.js';
import {startPage} from '../common/page.js';
import {ImageSection} from './image_section.js';
import {showRuntime} from './runtime_line.js';
import {ScoreSection} from './score_section.js';

byId('classes', HTMLSpanElement).textContent = classNames.join(', ');

const page = await startPage(() => page.attempt(prepare));
const scores = new ScoreSection(page);
const image = new ImageSection(page);

/** Makes the three versions, then shows them at work. */
async function prepare(): Promise<void> {
  await scores.prepare(() => image.refresh());
  showRuntime(await page.worker.call('runtime', undefined));
}

page.attempt(async () => {
  await image.start();
  await prepare();
});
