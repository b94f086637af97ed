import type * as web from 'onnxruntime-web';
import {type BenchModel, inputValues, type Peer} from './peer.js';

/** What both builds of onnxruntime share. */
export type OnnxRuntime = Pick<typeof web, 'InferenceSession' | 'Tensor'>;

/** A build of onnxruntime on the exported model, float or int8 (QDQ). */
export function onnxruntime(
  name: string,
  ort: OnnxRuntime,
  kind: 'float' | 'int8',
  provider: 'wasm' | 'cpu',
): Peer {
  return {
    name: `${name} ${kind}`,
    threads: asked => asked,
    async start(model: BenchModel, threads: number) {
      const bytes = await model.read(`${kind}.onnx`);
      const session = await ort.InferenceSession.create(bytes, {
        executionProviders: [provider],
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        graphOptimizationLevel: 'all',
        logSeverityLevel: 3,
      });
      const input = new ort.Tensor('float32', inputValues(model.inputShape), model.inputShape);
      return {
        run: () => session.run({[session.inputNames[0]]: input}),
        end: () => session.release(),
      };
    },
  };
}
