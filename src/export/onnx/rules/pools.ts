import {booleanAttr, numbersAttr} from '../../../graph/attributes.js';
import type {Node} from '../../../graph/graph.js';
import type {OnnxExporter, Value} from '../exporter.js';
import {dequantized, gridOf, int8Operand, quantized, quantizedResult} from '../quantize_linear.js';
import type {Rule, Rules} from '../rule.js';
import {int64s} from '../tensors.js';
import {int8Window, stockWindow} from '../window.js';

const int8MaxPool: Rule = (node, exporter) => {
  const x = exporter.channelsFirst(int8Operand(exporter, node, 0));
  const kernel_shape = numbersAttr(node.attrs, 'filterSize', [1, 1]);
  const name = exporter.add('MaxPool', [x.name], {...int8Window(node), kernel_shape});
  exporter.set(node, {...x, name});
};

/** Padding is not counted, as by default in ONNX. */
const int8AvgPool: Rule = (node, exporter) => {
  const bytes = int8Operand(exporter, node, 0, gridOf(exporter, node, 'x'));
  const x = dequantized(exporter, exporter.channelsFirst(bytes));
  const kernel_shape = numbersAttr(node.attrs, 'filterSize', [1, 1]);
  const name = exporter.add('AveragePool', [x.name], {...int8Window(node), kernel_shape});
  exporter.set(node, quantizedResult(exporter, node, {...x, name}));
};

const pool =
  (op: string): Rule =>
  (node, exporter) => {
    const x = exporter.channelsFirst(exporter.operand(node, 0));
    const kernel_shape = numbersAttr(node.attrs, 'ksize', [1, 1, 1, 1]).slice(1, 3);
    const name = exporter.add(op, [x.name], {...stockWindow(exporter, node), kernel_shape});
    exporter.set(node, {...x, name});
  };

/** In float, because runtimes' resizes of integers cut the fraction off. */
const int8ResizeBilinear: Rule = (node, exporter) => {
  const x = exporter.channelsFirst(int8Operand(exporter, node, 0));
  const flags = flagsOf(node, 'alignCorners', 'halfPixelCenters');
  const y = resized(node, exporter, dequantized(exporter, x), bilinear(flags));
  exporter.set(node, x.grid ? quantized(exporter, y, x.grid) : y);
};

const int8ResizeNearest: Rule = (node, exporter) => {
  const x = exporter.channelsFirst(int8Operand(exporter, node, 0));
  const flags = flagsOf(node, 'alignCorners', 'halfPixelCenters');
  exporter.set(node, resized(node, exporter, x, nearest(flags)));
};

const resize =
  (attributes: (flags: Flags) => ResizeAttributes): Rule =>
  (node, exporter) => {
    const x = exporter.channelsFirst(exporter.operand(node, 0));
    const flags = flagsOf(node, 'align_corners', 'half_pixel_centers');
    exporter.set(node, resized(node, exporter, x, attributes(flags)));
  };

export const POOLS: Rules = {
  Int8MaxPool: int8MaxPool,
  Int8AvgPool: int8AvgPool,
  MaxPool: pool('MaxPool'),
  AvgPool: pool('AveragePool'),
  Int8ResizeBilinear: int8ResizeBilinear,
  Int8ResizeNearest: int8ResizeNearest,
  ResizeBilinear: resize(bilinear),
  ResizeNearestNeighbor: resize(nearest),
};

interface Flags {
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}

interface ResizeAttributes extends Record<string, string> {
  mode: string;
  coordinate_transformation_mode: string;
}

function flagsOf({attrs}: Node, align: string, half: string): Flags {
  return {
    alignCorners: booleanAttr(attrs, align, false),
    halfPixelCenters: booleanAttr(attrs, half, false),
  };
}

function coordinates({alignCorners, halfPixelCenters}: Flags): string {
  if (alignCorners) return 'align_corners';
  return halfPixelCenters ? 'half_pixel' : 'asymmetric';
}

function bilinear(flags: Flags): ResizeAttributes {
  return {mode: 'linear', coordinate_transformation_mode: coordinates(flags)};
}

/** TensorFlow takes ⌊x⌋, of half pixels ⌊x + ½⌋, and rounds where corners are aligned. */
function nearest(flags: Flags): ResizeAttributes {
  const rounds = flags.alignCorners || flags.halfPixelCenters;
  return {
    mode: 'nearest',
    coordinate_transformation_mode: coordinates(flags),
    nearest_mode: rounds ? 'round_prefer_ceil' : 'floor',
  };
}

function resized(
  node: Node,
  exporter: OnnxExporter,
  x: Value,
  attributes: ResizeAttributes,
): Value {
  // All four sizes: onnxruntime 1.30 fails to move transposes past a Resize over given axes.
  const range = (name: string, values: number[]) => exporter.constantName(name, int64s(values));
  const shape = exporter.add('Shape', [x.name]);
  const leading = exporter.add('Slice', [shape, range('start', [0]), range('end', [2])]);
  const size = exporter.add('Concat', [leading, exporter.shapeOperand(node, 1)], {axis: 0});
  return {...x, name: exporter.add('Resize', [x.name, '', '', size], attributes)};
}
