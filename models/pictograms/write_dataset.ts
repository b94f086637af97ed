/**
 * Writes labelled images for train.py.
 *
 *   npx tsx models/pictograms/write_dataset.ts FILE FIRST_SEED COUNT
 *
 * FILE holds COUNT records, each one byte of label, then imageSize × imageSize × 3 bytes of RGB.
 */
import {closeSync, openSync, writeSync} from 'node:fs';
import {generateImage} from './generator.js';

function writeDataset(file: string, firstSeed: number, count: number): void {
  const fd = openSync(file, 'w');
  for (let i = 0; i < count; i++) {
    const {label, pixels} = generateImage(firstSeed + i);
    writeSync(fd, Buffer.concat([Uint8Array.of(label), pixels]));
  }
  closeSync(fd);
}

const [file, firstSeed, count] = process.argv.slice(2);
if (!file || !firstSeed || !count) throw new Error('usage: write_dataset.ts FILE FIRST_SEED COUNT');
writeDataset(file, Number(firstSeed), Number(count));
