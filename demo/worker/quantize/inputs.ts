import type {GraphModel} from '@tensorflow/tfjs-converter';
import {
  type DataType,
  dispose,
  fill,
  type NamedTensorMap,
  type Tensor,
  tensor,
} from '@tensorflow/tfjs-core';
import {importFloatModel} from '../../../src/float_model.js';
import type {Graph} from '../../../src/graph/graph.js';
import type {InputKind, QuantizeOptions} from '../../../src/index.js';
import {
  DEFAULT_SCALING,
  describedInput,
  imageChannels,
  imageLayout,
  type InputSpec,
  inputSpecs,
  probeInputs,
} from '../../../src/statistics/model_inputs.js';
import {normalizedPixels, planar} from '../../../src/statistics/pixels.js';
import type {Pixels} from '../images.js';

/** A tensor of one value, for an input whose shape the model does not declare. */
export interface Fill {
  readonly shape: readonly number[];
  readonly value: number;
}

/** What the options say of inputs. */
export interface InputOptions extends Pick<QuantizeOptions, 'input' | 'inputs'> {
  /** By input name. */
  readonly fills?: Readonly<Record<string, Fill>>;
}

/** An input as the page shows it. */
export interface InputFacts {
  readonly name: string;
  readonly dtype: DataType;
  readonly shape?: readonly number[];
  /** What it is taken for. */
  readonly kind: InputKind;
  /** Size of the picture that it takes, where it is one. */
  readonly picture?: {readonly width: number; readonly height: number};
}

/** Height or width where the model leaves it open, as for generated inputs. */
const OPEN_SIZE = 224;

/** The inputs of a model, float or INT8. */
export class ModelInputs {
  private constructor(
    private readonly graph: Graph,
    private readonly specs: readonly InputSpec[],
  ) {}

  static async of(model: GraphModel): Promise<ModelInputs> {
    const graph = await importFloatModel(model);
    return new ModelInputs(graph, inputSpecs(graph));
  }

  facts(options: InputOptions): InputFacts[] {
    return this.specs.map(spec => {
      const {name, dtype, shape} = spec;
      const {kind} = describedInput(this.graph, spec, probeOptions(options));
      const size = kind === 'image' ? sizeOf(spec) : undefined;
      return {name, dtype, shape, kind, picture: size};
    });
  }

  /** Name and size of the one input that takes pictures; undefined where there is none, or several. */
  picture(options: InputOptions): {name: string; width: number; height: number} | undefined {
    const found = this.facts(options).flatMap(({name, picture}) =>
      picture ? [{name, ...picture}] : [],
    );
    return found.length === 1 ? found[0] : undefined;
  }

  /**
   * Tensors for one run, on the current backend: generated inputs, the picture in place of one of them.
   *
   * @param index number of the generated inputs
   */
  tensors(options: InputOptions, index: number, pixels?: Pixels): NamedTensorMap {
    const examples = this.examples(options);
    const made = probeInputs(this.graph, index, {...probeOptions(options), examples});
    dispose(examples);
    const target = pixels && this.picture(options);
    const spec = this.specs.find(({name}) => name === target?.name);
    if (pixels === undefined || spec === undefined) return made;
    dispose(made[spec.name]);
    return {...made, [spec.name]: this.pictureTensor(spec, pixels, options)};
  }

  /** Tensors for the inputs that the options say the shape of; the caller disposes of them. */
  examples({fills = {}}: InputOptions): NamedTensorMap {
    const given = this.specs.filter(({name}) => name in fills);
    return Object.fromEntries(
      given.map(({name, dtype}) => {
        const {shape, value} = fills[name];
        return [name, fill([...shape], value, dtype)];
      }),
    );
  }

  private pictureTensor(spec: InputSpec, pixels: Pixels, options: InputOptions): Tensor {
    const channels = imageChannels(spec) ?? 3;
    const {scaling = DEFAULT_SCALING} = describedInput(this.graph, spec, probeOptions(options));
    const values = channels === 3 ? Float32Array.from(pixels.data) : luma(pixels.data);
    const normal = spec.dtype === 'float32' ? normalizedPixels(values, channels, scaling) : values;
    const {height, width} = pixels;
    const isPlanar = imageLayout(spec) === 'NCHW';
    const sizes = isPlanar ? [channels, height, width] : [height, width, channels];
    return tensor(isPlanar ? planar(normal, channels) : normal, [1, ...sizes], spec.dtype);
  }
}

const probeOptions = ({input, inputs}: InputOptions) => ({scaling: input, inputs});

function sizeOf(spec: InputSpec): {width: number; height: number} | undefined {
  const layout = imageLayout(spec);
  if (layout === undefined || spec.shape === undefined) return undefined;
  const [height, width] = spec.shape.slice(layout === 'NHWC' ? 1 : 2);
  const closed = (size: number) => (size < 0 ? OPEN_SIZE : size);
  return {width: closed(width), height: closed(height)};
}

/** ITU-R BT.601, rounded, as the command dfq has it. */
function luma(rgb: Uint8Array): Float32Array {
  return Float32Array.from({length: rgb.length / 3}, (_, i) =>
    Math.round(0.299 * rgb[3 * i] + 0.587 * rgb[3 * i + 1] + 0.114 * rgb[3 * i + 2]),
  );
}
