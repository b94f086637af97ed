/** onnxruntime-web on a thread of its own: it imports its WebAssembly dynamically, which jest's contexts don't allow. */
import {parentPort} from 'node:worker_threads';
import * as ort from 'onnxruntime-web';

ort.env.wasm.numThreads = 1;

parentPort.on('message', async ({bytes, feeds}) => {
  try {
    const session = await ort.InferenceSession.create(bytes, {
      executionProviders: ['wasm'],
      logSeverityLevel: 3,
    });
    const tensors = feeds.map(([name, {type, data, dims}]) => [
      name,
      new ort.Tensor(type, data, dims),
    ]);
    const results = await session.run(Object.fromEntries(tensors));
    const values = Object.entries(results).map(([name, {type, data, dims}]) => [
      name,
      {type, data, dims},
    ]);
    await session.release();
    parentPort.postMessage({values});
  } catch (error) {
    parentPort.postMessage({error: String(error.message ?? error)});
  }
});
