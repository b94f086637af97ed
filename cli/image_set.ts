import {readdir} from 'node:fs/promises';
import path from 'node:path';
import {readLabels} from './labels.js';

/** An image file, and the index of its class where that is known. */
export interface Sample {
  file: string;
  label?: number;
}

export interface ImageSetOptions {
  images: string;
  labels?: string;
  labelOffset: number;
  limit?: number;
}

/**
 * Paths of the images that the label file lists, else of all images in the folder, by name.
 *
 * @throws Error that names the folder or the file
 */
export async function listSamples(options: ImageSetOptions): Promise<Sample[]> {
  const {images, labels, labelOffset, limit} = options;
  const samples: Sample[] = labels
    ? (await readLabels(labels)).map(({file, label}) => ({file, label: label + labelOffset}))
    : (await imageFiles(images)).map(file => ({file}));
  return samples.slice(0, limit).map(({file, label}) => ({file: path.join(images, file), label}));
}

/**
 * Names of the JPEG and PNG files in a folder, in order.
 *
 * @throws Error that names the folder
 */
export async function imageFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    throw new Error(
      error.code === 'ENOENT'
        ? `folder '${folder}' does not exist`
        : `cannot read folder '${folder}': ${error.message}`,
    );
  });
  const files = names.filter(name => /\.(jpe?g|png)$/i.test(name)).sort();
  if (files.length === 0) throw new Error(`folder '${folder}' has no JPEG or PNG files`);
  return files;
}
