import {basename} from 'node:path';
import type {io} from '@tensorflow/tfjs-core';
import {type Attribute, Dataset, File, Group, ready} from 'h5wasm/node';

/**
 * A whole model saved by Keras as HDF5 (`model.save('model.h5')`), as the artifacts of a LayersModel.
 *
 * @throws Error for a file without the model's configuration, such as one of weights alone
 */
export async function readKerasFile(path: string): Promise<io.ModelArtifacts> {
  await ready;
  const file = new File(path, 'r');
  try {
    const config = textOf(file.attrs['model_config']);
    const weights = file.get('model_weights');
    if (config === undefined || !(weights instanceof Group)) {
      throw new Error(`'${basename(path)}' holds no whole Keras model; save it with model.save`);
    }
    const read = [...layersOf(weights)].flatMap(layer => weightsOf(layer));
    const values = read.flatMap(({data}) => [...data]);
    return {
      modelTopology: {
        model_config: JSON.parse(config) as unknown,
        keras_version: textOf(file.attrs['keras_version']) ?? '',
      },
      weightSpecs: read.map(({name, shape}) => ({name, shape, dtype: 'float32'})),
      weightData: Float32Array.from(values).buffer,
    };
  } finally {
    file.close();
  }
}

function* layersOf(weights: Group): Iterable<Group> {
  for (const name of weights.keys()) {
    const layer = weights.get(name);
    if (layer instanceof Group) yield layer;
  }
}

interface Weight {
  readonly name: string;
  readonly shape: number[];
  readonly data: ArrayLike<number> & Iterable<number>;
}

/** Weights have names such as 'conv1/kernel:0'; LayersModels call them 'conv1/kernel'. */
function weightsOf(layer: Group): Weight[] {
  return namesIn(layer.attrs['weight_names']).map(name => {
    const dataset = layer.get(name);
    if (!(dataset instanceof Dataset)) throw new Error(`weight '${name}' is missing`);
    return {
      name: name.replace(/:\d+$/, ''),
      shape: dataset.shape ?? [],
      data: dataset.value as Float32Array,
    };
  });
}

function namesIn(attribute: Attribute | undefined): string[] {
  const value = attribute?.value;
  return Array.isArray(value) ? value.map(String) : [];
}

function textOf(attribute: Attribute | undefined): string | undefined {
  const value = attribute?.value;
  return typeof value === 'string' ? value : undefined;
}
