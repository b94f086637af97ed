import type {GraphModel} from '@tensorflow/tfjs-converter';
import {dispose, tensor, tidy, type Tensor} from '@tensorflow/tfjs-core';
import {type Ranking, rank} from './evaluation.js';
import {cropCentre, type Image, normalize, type PerChannel, resizeShorterSide} from './images.js';

/** Classes kept of each image: enough for top-5. */
const RANKED = 5;

/** Crop of models that do not declare their input's size. */
const USUAL_CROP = 224;
/** What the shorter side is scaled to before a crop of 224: the ImageNet convention. */
const USUAL_RESIZE = 256;

export interface PreprocessOptions {
  mean: PerChannel;
  std: PerChannel;
  /** New length of the shorter side. By default 256 for a crop of 224, else the side of the crop. */
  resize?: number;
  /** Side of the square cut out of the middle. By default the model's input, 224 where it declares no size. */
  crop?: number;
}

/** A model that takes one image tensor, NHWC with 1 or 3 channels, and gives one tensor of class scores. */
export class Classifier {
  private readonly input: {name: string; dtype: 'float32' | 'int32'; shape: readonly number[]};
  private readonly size: {height: number; width: number; resize: number};
  private readonly channels: 1 | 3;
  /** Time that the model has taken so far. */
  milliseconds = 0;
  /** Classes that the model tells apart; known after the first batch. */
  classes?: number;

  /** @throws Error when the model is no image classifier */
  constructor(
    private readonly model: GraphModel,
    private readonly options: PreprocessOptions,
  ) {
    const {shape, name, dtype} = imageInput(model);
    this.input = {name, shape, dtype: dtype === 'int32' ? 'int32' : 'float32'};
    this.channels = shape[3] === 1 ? 1 : 3;
    this.size = inputSize(name, shape, options);
  }

  /** @throws Error when the image is smaller than the crop */
  prepare(image: Image): Image {
    const {height, width, resize} = this.size;
    return cropCentre(resizeShorterSide(image, resize), width, height);
  }

  /** The prepared images as one batch, the way the model takes them; the caller disposes it. */
  tensorOf(images: readonly Image[]): Tensor {
    const {height, width} = this.size;
    const {mean, std} = this.options;
    const values = normalize(images, this.channels, mean, std);
    return tensor(values, [images.length, height, width, this.channels], this.input.dtype);
  }

  /** Best classes of each of the prepared images, run as one batch. */
  async classify(images: readonly Image[]): Promise<Ranking[]> {
    return (await this.scores(images)).map(scores => rank(scores, RANKED));
  }

  /** The model's output for each of the prepared images, run as one batch: one score a class. */
  async scores(images: readonly Image[]): Promise<Float32Array[]> {
    const x = this.tensorOf(images);
    try {
      return await this.run(x);
    } finally {
      dispose(x);
    }
  }

  private async run(x: Tensor): Promise<Float32Array[]> {
    const start = performance.now();
    const y = tidy(() => singleOutput(this.model.predict(x)));
    try {
      const scores = Float32Array.from(await y.data());
      this.milliseconds += performance.now() - start;
      const classes = classCount(y, x.shape[0]);
      this.classes = classes;
      return Array.from({length: x.shape[0]}, (_, i) =>
        scores.subarray(i * classes, (i + 1) * classes),
      );
    } finally {
      dispose(y);
    }
  }
}

/** @throws Error when `y` is not [batch, classes], ones between them aside */
function classCount({shape, size}: Tensor, batch: number): number {
  const classes = size / batch;
  if (shape[0] === batch && shape[shape.length - 1] === classes) return classes;
  throw new Error(
    `the model's output has shape [${shape}]; an image classifier has class scores, [${batch}, classes]`,
  );
}

function imageInput({inputs}: GraphModel) {
  if (inputs.length !== 1)
    throw new Error(
      `the model has ${inputs.length} inputs (${inputs.map(({name}) => name).join(', ')}); an image classifier has one`,
    );
  const [{name, dtype, shape = [-1, -1, -1, 3]}] = inputs;
  if (shape.length !== 4 || ![1, 3, -1].includes(shape[3]))
    throw new Error(
      `input '${name}' has shape [${shape}]; an image classifier takes [batch, height, width, 1 or 3]`,
    );
  return {name, dtype, shape};
}

function inputSize(
  name: string,
  [, height, width]: readonly number[],
  {crop, resize}: PreprocessOptions,
) {
  const fits = (side: number) => crop === undefined || side < 1 || side === crop;
  if (!fits(height) || !fits(width))
    throw new Error(
      `input '${name}' takes ${width}×${height} pixels; leave out --crop ${crop}, or set it to that`,
    );
  const size = {
    height: crop ?? (height > 0 ? height : USUAL_CROP),
    width: crop ?? (width > 0 ? width : USUAL_CROP),
  };
  const longer = Math.max(size.height, size.width);
  return {...size, resize: resize ?? (longer === USUAL_CROP ? USUAL_RESIZE : longer)};
}

function singleOutput(outputs: ReturnType<GraphModel['predict']>): Tensor {
  if (outputs instanceof Array) {
    if (outputs.length === 1) return outputs[0];
    throw new Error(
      `the model has ${outputs.length} outputs; an image classifier has one, the class scores`,
    );
  }
  return 'dataId' in outputs ? (outputs as Tensor) : singleOutput(Object.values(outputs));
}
