import {BinaryWriter, WireType} from '@bufbuild/protobuf/wire';
import {
  ELEMENT_TYPES,
  type OnnxAttribute,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
  type OnnxValueInfo,
} from './model.js';

/** Of 2022: the first with Resize over given axes. Runtimes since onnxruntime 1.14 read it. */
const OPSET = 18;
const IR_VERSION = 8;

/** Field numbers of onnx.proto. */
const MODEL = {irVersion: 1, producerName: 2, graph: 7, opsetImport: 8};
const OPSET_ID = {domain: 1, version: 2};
const GRAPH = {node: 1, name: 2, initializer: 5, input: 11, output: 12};
const NODE = {input: 1, output: 2, name: 3, opType: 4, attribute: 5};
const ATTRIBUTE = {name: 1, f: 2, i: 3, s: 4, ints: 8, type: 20};
const ATTRIBUTE_TYPE = {float: 1, int: 2, string: 3, ints: 7};
const TENSOR = {dims: 1, dataType: 2, name: 8, rawData: 9};
const VALUE_INFO = {name: 1, type: 2};
const TYPE = {tensorType: 1};
const TENSOR_TYPE = {elemType: 1, shape: 2};
const SHAPE = {dim: 1};
const DIM = {value: 1, param: 2};

/** The bytes of an .onnx file: a ModelProto. */
export function encodeModel(model: OnnxModel): Uint8Array {
  const writer = new BinaryWriter();
  integer(writer, MODEL.irVersion, IR_VERSION);
  text(writer, MODEL.producerName, 'tfjs-dfq');
  message(writer, MODEL.graph, () => writeGraph(writer, model));
  message(writer, MODEL.opsetImport, () => {
    text(writer, OPSET_ID.domain, '');
    integer(writer, OPSET_ID.version, OPSET);
  });
  return writer.finish();
}

function writeGraph(writer: BinaryWriter, {nodes, initializers, inputs, outputs}: OnnxModel): void {
  nodes.forEach((node, i) => message(writer, GRAPH.node, () => writeNode(writer, node, i)));
  text(writer, GRAPH.name, 'graph');
  for (const tensor of initializers) {
    message(writer, GRAPH.initializer, () => writeTensor(writer, tensor));
  }
  for (const info of inputs) message(writer, GRAPH.input, () => writeValueInfo(writer, info));
  for (const info of outputs) message(writer, GRAPH.output, () => writeValueInfo(writer, info));
}

function writeNode(writer: BinaryWriter, node: OnnxNode, index: number): void {
  for (const name of node.inputs) text(writer, NODE.input, name);
  for (const name of node.outputs) text(writer, NODE.output, name);
  text(writer, NODE.name, `${node.origin}/${node.op}_${index}`);
  text(writer, NODE.opType, node.op);
  for (const [name, value] of Object.entries(node.attributes)) {
    message(writer, NODE.attribute, () => writeAttribute(writer, name, value));
  }
}

function writeAttribute(writer: BinaryWriter, name: string, value: OnnxAttribute): void {
  text(writer, ATTRIBUTE.name, name);
  if (typeof value === 'number') {
    integer(writer, ATTRIBUTE.i, value);
    integer(writer, ATTRIBUTE.type, ATTRIBUTE_TYPE.int);
  } else if (typeof value === 'string') {
    text(writer, ATTRIBUTE.s, value);
    integer(writer, ATTRIBUTE.type, ATTRIBUTE_TYPE.string);
  } else if ('float' in value) {
    writer.tag(ATTRIBUTE.f, WireType.Bit32).float(value.float);
    integer(writer, ATTRIBUTE.type, ATTRIBUTE_TYPE.float);
  } else {
    for (const item of value) integer(writer, ATTRIBUTE.ints, item);
    integer(writer, ATTRIBUTE.type, ATTRIBUTE_TYPE.ints);
  }
}

function writeTensor(writer: BinaryWriter, {name, type, shape, values}: OnnxTensor): void {
  for (const size of shape) integer(writer, TENSOR.dims, size);
  integer(writer, TENSOR.dataType, ELEMENT_TYPES[type]);
  text(writer, TENSOR.name, name);
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  writer.tag(TENSOR.rawData, WireType.LengthDelimited).bytes(bytes);
}

function writeValueInfo(writer: BinaryWriter, {name, type, shape}: OnnxValueInfo): void {
  text(writer, VALUE_INFO.name, name);
  message(writer, VALUE_INFO.type, () =>
    message(writer, TYPE.tensorType, () => {
      integer(writer, TENSOR_TYPE.elemType, ELEMENT_TYPES[type]);
      if (shape !== undefined) {
        message(writer, TENSOR_TYPE.shape, () => {
          for (const size of shape) message(writer, SHAPE.dim, () => writeDim(writer, size));
        });
      }
    }),
  );
}

function writeDim(writer: BinaryWriter, size: number | string): void {
  if (typeof size === 'number') integer(writer, DIM.value, size);
  else text(writer, DIM.param, size);
}

function message(writer: BinaryWriter, field: number, write: () => void): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  write();
  writer.join();
}

function text(writer: BinaryWriter, field: number, value: string): void {
  writer.tag(field, WireType.LengthDelimited).string(value);
}

function integer(writer: BinaryWriter, field: number, value: number): void {
  writer.tag(field, WireType.Varint).int64(value);
}
