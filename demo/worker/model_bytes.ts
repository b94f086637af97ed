import type {GraphModel} from '@tensorflow/tfjs-converter';
import {io} from '@tensorflow/tfjs-core';

/** Bytes of the weights that saving the model writes. */
export async function weightBytes(model: GraphModel): Promise<number> {
  const {modelArtifactsInfo} = await model.save(
    io.withSaveHandler(async artifacts => ({
      modelArtifactsInfo: io.getModelArtifactsInfoForJSON(artifacts),
    })),
  );
  return modelArtifactsInfo.weightDataBytes ?? 0;
}
