import {byId, element} from '../common/dom.js';
import {bytes, percent} from '../common/format.js';
import {startPage} from '../common/page.js';
import {ProgressBar} from '../common/progress_bar.js';
import type {VersionName} from '../worker/pictograms.js';

const {worker, attempt} = await startPage();
const app = byId('app', HTMLDivElement);
const progress = new ProgressBar();
app.append(progress.element);

attempt(async () => {
  const {bytes: float} = await worker.call('loadPictograms', undefined);
  const sizes = await progress.during('Quantizing', (signal, onProgress) =>
    worker.call('quantizePictograms', {weightBits: 8, activationBits: 8}, {signal, onProgress}),
  );
  const judged = await worker.call('judge', {firstSeed: 2_000_000_000, count: 50});
  const accuracy = (name: VersionName) => {
    const right = judged.filter(({label, predictions}) => {
      const {logits} = predictions[name];
      return logits.indexOf(Math.max(...logits)) === label;
    });
    return percent(right.length / judged.length);
  };
  app.append(
    element('p', {}, `float: ${accuracy('float')}, ${bytes(float)}`),
    element('p', {}, `plain INT8: ${accuracy('plain')}, ${bytes(sizes.plain)}`),
    element('p', {}, `DFQ INT8: ${accuracy('dfq')}, ${bytes(sizes.dfq)}`),
  );
});
