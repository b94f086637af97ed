import type {DataType} from '@tensorflow/tfjs-core';
import type {Graph, Node} from '../graph/graph.js';

/** How pixel values v of 0–255 enter a model: (v − mean) / std, one number or one a channel. */
export interface PixelScaling {
  readonly mean: number | readonly number[];
  readonly std: number | readonly number[];
}

/** Pixels of [−1, 1], the most common convention of tfjs models. */
export const DEFAULT_SCALING: PixelScaling = {mean: 127.5, std: 127.5};

export interface InputSpec {
  readonly name: string;
  readonly dtype: DataType;
  /** −1 where the model leaves a size open; undefined where it leaves the rank open. */
  readonly shape?: readonly number[];
}

/** What the model is fed, as its placeholders or its signature declare it. */
export function inputSpecs(graph: Graph): InputSpec[] {
  return graph.inputs.map(name => {
    const node = graph.node(name);
    const declared = shapeOf(node);
    // Some converters leave the placeholder's shape empty and say it in the signature.
    const shape = declared?.length ? declared : (signatureShape(graph, name) ?? declared);
    return {name, dtype: dtypeOf(node), shape};
  });
}

/** NHWC or NCHW picture of one or three channels? */
export function imageLayout({shape, dtype}: InputSpec): 'NHWC' | 'NCHW' | undefined {
  if (shape?.length !== 4 || dtype === 'bool' || dtype === 'string') return undefined;
  if (shape[3] === 1 || shape[3] === 3) return 'NHWC';
  return shape[1] === 1 || shape[1] === 3 ? 'NCHW' : undefined;
}

/** How many channels the picture has that the input is; undefined where it is none. */
export function imageChannels(spec: InputSpec): number | undefined {
  const layout = imageLayout(spec);
  return layout && spec.shape?.[layout === 'NHWC' ? 3 : 1];
}

interface ShapeProto {
  readonly unknownRank?: boolean;
  readonly dim?: ReadonlyArray<{readonly size?: number | string}>;
}

function dimensions(shape: ShapeProto | undefined): number[] | undefined {
  if (shape === undefined || shape.unknownRank) return undefined;
  return (shape.dim ?? []).map(({size}) => Number(size ?? -1));
}

function shapeOf(node: Node): number[] | undefined {
  return dimensions(node.attrs['shape']?.shape as ShapeProto | undefined);
}

function signatureShape(graph: Graph, name: string): number[] | undefined {
  const {signature, userDefinedMetadata} = graph.modelFields as {
    signature?: SignatureInputs;
    userDefinedMetadata?: {signature?: SignatureInputs};
  };
  const inputs = (userDefinedMetadata?.signature ?? signature)?.inputs ?? {};
  const info = Object.values(inputs).find(entry => entry.name?.split(':')[0] === name);
  return dimensions(info?.tensorShape);
}

interface SignatureInputs {
  readonly inputs?: Readonly<
    Record<string, {readonly name?: string; readonly tensorShape?: ShapeProto}>
  >;
}

const DTYPES: Readonly<Record<string, DataType>> = {
  DT_FLOAT: 'float32',
  DT_HALF: 'float32',
  DT_BOOL: 'bool',
  DT_STRING: 'string',
};

function dtypeOf(node: Node): DataType {
  const type = String(node.attrs['dtype']?.type ?? 'DT_FLOAT');
  return DTYPES[type] ?? (type === '1' ? 'float32' : 'int32');
}
