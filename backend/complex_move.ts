import type {MathBackendCPU} from '@tensorflow/tfjs-backend-cpu';
import type {BackendValues, DataId} from '@tensorflow/tfjs-core';

/**
 * Puts a complex tensor that another backend held into the CPU backend, whose own `move` forgets
 * the two parts.
 *
 * @param values interleaved: real, imaginary, …
 */
export function moveComplex(
  cpu: MathBackendCPU,
  dataId: DataId,
  values: BackendValues,
  shape: number[],
  refCount: number,
): void {
  const part = (offset: number) => {
    const numbers = Float32Array.from({length: values.length / 2}, (_, i) =>
      Number(values[2 * i + offset]),
    );
    return cpu.makeTensorInfo(shape, 'float32', numbers);
  };
  const complexTensorInfos = {real: part(0), imag: part(1)};
  cpu.data.set(dataId, {dtype: 'complex64', refCount, complexTensorInfos});
}
