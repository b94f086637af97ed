/** The page demo/classify: one model in three versions, over a stream of images and on one. */
import {classNames} from '../../models/pictograms/generator.js';
import {byId} from '../common/dom.js';
import {startPage} from '../common/page.js';
import {ImageSection} from './image_section.js';
import {ScoreSection} from './score_section.js';

byId('classes', HTMLSpanElement).textContent = classNames.join(', ');

const page = await startPage(() => page.attempt(prepare));
const scores = new ScoreSection(page);
const image = new ImageSection(page);

/** Makes the three versions, then shows them at work. */
async function prepare(): Promise<void> {
  await scores.prepare(() => image.refresh());
}

page.attempt(async () => {
  const {simd, threads} = await page.worker.call('runtime', undefined);
  const several = threads > 1 ? `${threads} threads` : 'one thread';
  byId('runtime', HTMLElement).textContent = simd
    ? `WebAssembly SIMD, float on ${several}. Everything is computed on this machine.`
    : 'No WebAssembly SIMD here: the INT8 versions compute the same, many times slower.';
  await image.start();
  await prepare();
});
