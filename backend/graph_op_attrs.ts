import type {AccumulatorAttrs, Int8Attrs, Int8Op, PaddingMode} from '../src/ops.js';

/**
 * Reads one attribute as the converter's executor hands it over: numbers and lists of numbers
 * parsed, strings in lower case, an empty list missing.
 *
 * @returns undefined if it is not what it must be
 */
type Reader<T> = (value: unknown) => T | undefined;

interface AttrReader<T> {
  readonly read: Reader<T>;
  readonly expects: string;
  readonly optional?: true;
}

type Readers<Attrs> = {
  readonly [name in keyof Attrs]-?: AttrReader<Exclude<Attrs[name], undefined>>;
};

function isInteger(value: unknown, min: number, max: number): value is number {
  return Number.isInteger(value) && Number(value) >= min && Number(value) <= max;
}

function integers(value: unknown, min: number, length?: number): number[] | undefined {
  if (!Array.isArray(value) || (length !== undefined && value.length !== length)) return undefined;
  const list: unknown[] = value;
  return list.every(item => isInteger(item, min, 2 ** 31 - 1)) ? list : undefined;
}

function oneOf<T extends string>(...choices: readonly T[]) {
  return {
    read: (value: unknown) =>
      choices.find(choice => typeof value === 'string' && choice.toLowerCase() === value),
    expects: `one of ${choices.join(', ')}`,
  };
}

/** Formats that hold attributes as float32 and those that hold them as text give the same scale. */
const scale = {
  read: (value: unknown) => {
    const rounded = Math.fround(Number(value));
    return typeof value === 'number' && rounded > 0 && rounded < Infinity ? rounded : undefined;
  },
  expects: 'a positive float32',
};

const int8 = {
  read: (value: unknown) => (isInteger(value, -128, 127) ? value : undefined),
  expects: 'an integer of [-128, 127]',
};

const flag = {
  read: (value: unknown) => (typeof value === 'boolean' ? value : undefined),
  expects: 'true or false',
};

const text = {
  read: (value: unknown) => (typeof value === 'string' ? value : undefined),
  expects: 'a string',
};

const pair = {
  read: (value: unknown) => {
    const [height, width] = integers(value, 1, 2) ?? [];
    return height === undefined ? undefined : ([height, width] as [number, number]);
  },
  expects: 'a height and a width',
};

const paddings = {
  read: (value: unknown) => {
    const [top, bottom, left, right] = integers(value, 0, 4) ?? [];
    if (top === undefined) return undefined;
    return [top, bottom, left, right] as [number, number, number, number];
  },
  expects: '[top, bottom, left, right]',
  optional: true,
} as const;

const axes = {
  read: (value: unknown) => (value === undefined ? [] : integers(value, -(2 ** 31))),
  expects: 'a list of integers',
};

const optional = <T extends object>(reader: T) => ({...reader, optional: true}) as const;

const input = {xScale: scale, xZeroPoint: int8};
const output = {outScale: scale, outZeroPoint: int8, lo: int8, hi: int8};
const window = {
  strides: pair,
  padding: oneOf<PaddingMode>('SAME', 'VALID', 'EXPLICIT'),
  explicitPaddings: paddings,
};
const accumulator = {
  ...input,
  ...output,
  activation: oneOf<AccumulatorAttrs['activation']>('none', 'cap', 'prelu', 'table', 'dequantize'),
  tableScale: optional(scale),
  tableZeroPoint: optional(int8),
};
const convolution = {...accumulator, ...window, dilations: pair};
const binary = {...output, aScale: scale, aZeroPoint: int8, bScale: scale, bZeroPoint: int8};
const resize = {alignCorners: flag, halfPixelCenters: flag};

const READERS: {readonly [op in Int8Op]: Readers<Int8Attrs[op]>} = {
  Int8Quantize: output,
  Int8Dequantize: input,
  Int8Lookup: {...output, function: text},
  Int8Conv2D: convolution,
  Int8DepthwiseConv2D: convolution,
  Int8TransposedConv2D: {...accumulator, ...window},
  Int8MatMul: accumulator,
  Int8Add: binary,
  Int8Sub: binary,
  Int8Mul: binary,
  Int8PRelu: {...input, ...output},
  Int8MaxPool: {...window, filterSize: pair},
  Int8AvgPool: {...window, ...input, ...output, filterSize: pair},
  Int8Mean: {...input, ...output, axes, keepDims: flag},
  Int8ResizeBilinear: resize,
  Int8ResizeNearest: resize,
  Int8Softmax: output,
};

/**
 * The typed attributes of an int8 graph op.
 *
 * @param raw as the converter's executor parses them
 * @throws Error that names the op and the attribute if one is missing or out of range
 */
export function readAttrs<Op extends Int8Op>(
  op: Op,
  raw: Readonly<Record<string, unknown>>,
): Int8Attrs[Op] {
  const attrs: Record<string, unknown> = {};
  for (const [name, {read, expects, optional}] of Object.entries<AttrReader<unknown>>(
    READERS[op],
  )) {
    const value = read(raw[name]);
    if (value === undefined && !(optional && raw[name] === undefined)) {
      throw new Error(`${op}: attribute '${name}' is ${String(raw[name])}, not ${expects}`);
    }
    if (value !== undefined) attrs[name] = value;
  }
  return attrs as unknown as Int8Attrs[Op];
}
