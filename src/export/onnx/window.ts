import {numbersAttr, stringAttr} from '../../graph/attributes.js';
import type {Node} from '../../graph/graph.js';
import type {OnnxExporter} from './exporter.js';
import type {OnnxAttribute} from './model.js';

type Attributes = Record<string, OnnxAttribute>;

/** Strides and padding of an int8 op. SAME of TensorFlow is SAME_UPPER of ONNX. */
export function int8Window({attrs}: Node): Attributes {
  return {
    strides: numbersAttr(attrs, 'strides', [1, 1]),
    ...paddingAttributes(
      stringAttr(attrs, 'padding', 'VALID'),
      numbersAttr(attrs, 'explicitPaddings', []),
    ),
  };
}

/** Strides and padding of a stock op in NHWC. */
export function stockWindow(exporter: OnnxExporter, node: Node): Attributes {
  const {attrs} = node;
  if (stringAttr(attrs, 'data_format', 'NHWC') !== 'NHWC') {
    throw exporter.error(node, 'its layout is not NHWC');
  }
  return {
    strides: numbersAttr(attrs, 'strides', [1, 1, 1, 1]).slice(1, 3),
    ...paddingAttributes(
      stringAttr(attrs, 'padding', 'VALID'),
      numbersAttr(attrs, 'explicit_paddings', []).slice(2, 6),
    ),
  };
}

/** Height and width of the result of a transposed convolution; where they are computed, ONNX works them out alike. */
export function transposedSize(exporter: OnnxExporter, node: Node, operand: number): Attributes {
  const size = exporter.constant(node, operand);
  const [, height, width] = size?.dtype === 'int32' ? size.values : [];
  return height === undefined ? {} : {output_shape: [height, width]};
}

function paddingAttributes(padding: string, explicit: readonly number[]): Attributes {
  if (padding === 'SAME') return {auto_pad: 'SAME_UPPER'};
  if (padding === 'VALID') return {auto_pad: 'VALID'};
  const [top, bottom, left, right] = explicit;
  return {pads: [top, left, bottom, right]};
}
