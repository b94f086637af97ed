import {encodeModel} from './export/onnx/encode.js';
import {exportOnnx} from './export/onnx/export_onnx.js';
import type {ByteType} from './export/onnx/exporter.js';
import {type FloatModel, importFloatModel} from './float_model.js';
import {DfqError} from './graph/dfq_error.js';

export interface OnnxOptions {
  /** What holds int8 activations. Default 'uint8', which most runtimes have the faster kernels for. */
  readonly activations?: ByteType;
}

/**
 * The bytes of an .onnx file that computes what the model computes.
 *
 * An int8 model becomes one in QDQ form: int8 weights, int32 biases, and int8 activations between
 * QuantizeLinear and DequantizeLinear. onnxruntime and others run it on their int8 kernels; since they
 * requantize in float and round halves to even, each op may differ from ours by one step of its grid. A float
 * model becomes a float one.
 *
 * @param model a loaded GraphModel, int8 or float, or a LayersModel; it stays as it is
 * @throws DfqError that names a node that can't be exported
 */
export async function toOnnx(model: FloatModel, options: OnnxOptions = {}): Promise<Uint8Array> {
  const {activations = 'uint8'} = options;
  if (activations !== 'uint8' && activations !== 'int8') {
    throw new DfqError(`activations is '${String(activations)}'; it must be one of uint8, int8`);
  }
  return encodeModel(exportOnnx(await importFloatModel(model), activations).model);
}
