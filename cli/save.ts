import path from 'node:path';
import type {GraphModel} from '@tensorflow/tfjs-converter';
import {formatBytes} from './terminal.js';

/**
 * Save into a folder of the local file system.
 *
 * @param before bytes of the weights that the model was made from
 * @returns what was saved, for the user
 */
export async function saveGraph(
  model: GraphModel,
  folder: string,
  before: number,
): Promise<string> {
  const {modelArtifactsInfo} = await model.save(`file://${path.resolve(folder)}`);
  const after = modelArtifactsInfo.weightDataBytes ?? 0;
  const ratio = before > 0 ? `, ${(after / before).toFixed(2)}× of ${formatBytes(before)}` : '';
  return `saved in ${folder}: ${formatBytes(after)} of weights${ratio}`;
}
