/**
 * `npm run quickstart`: the main job on the embedded model. Quantizes models/pictograms without data
 * and compares float, plain INT8 and DFQ INT8 on 1,000 images that no training has seen.
 */
import {join, relative} from 'node:path';
import {fileURLToPath} from 'node:url';
import {compare, describe} from './quickstart_comparison.js';

const IMAGES = 1000;

const root = fileURLToPath(new URL('..', import.meta.url));

try {
  const comparison = await compare({
    model: join(root, 'models/pictograms'),
    out: join(root, 'build/quickstart'),
    images: IMAGES,
    terminal: {out: process.stdout, err: process.stderr},
  });
  process.stdout.write(`${describe(comparison, folder => relative(root, folder))}\n`);
} catch (error) {
  process.stderr.write(`quickstart: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
