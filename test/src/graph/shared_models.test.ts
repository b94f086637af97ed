import '@tensorflow/tfjs-backend-cpu';
import {createHash} from 'node:crypto';
import type {GraphModel} from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import '../../../backend/index.js';
import {exportArtifacts, exportModel} from '../../../src/graph/export_model.js';
import {importModel} from '../../../src/graph/import_model.js';
import {parse} from '../../../src/graph/parse.js';
import {print} from '../../../src/graph/print.js';
import {inputsOf, load, names, run} from '../shared_models.js';

/** Digests of the bytes of all outputs. */
async function outputsOf(model: GraphModel): Promise<string[]> {
  const inputs = inputsOf(model);
  const outputs = await run(model, inputs);
  const digests = outputs.map(output => {
    const {buffer, byteOffset, byteLength} = output.dataSync();
    return createHash('sha1')
      .update(new Uint8Array(buffer, byteOffset, byteLength))
      .digest('hex');
  });
  tf.dispose([inputs, outputs]);
  return digests;
}

(names.length > 0 ? describe : describe.skip)(
  'models of ../shared (skipped where it is absent)',
  () => {
    beforeAll(async () => {
      await tf.setBackend('int8');
      await tf.setBackend('wasm');
    });

    for (const name of names) {
      it(`${name}: import and export keep its outputs and its bytes`, async () => {
        const model = await load(name);
        const graph = await importModel(model);
        const copy = await exportModel(graph);
        expect(await outputsOf(copy)).toEqual(await outputsOf(model));
        const specs = (exportArtifacts(graph).weightSpecs ?? []).reduce(
          (sum, spec) => sum + (spec.quantization === undefined ? 0 : 1),
          0,
        );
        const {artifacts} = model as unknown as {artifacts: tf.io.ModelArtifacts};
        const bytes = (artifacts.weightData as ArrayBuffer).byteLength;
        const encoded = (artifacts.weightSpecs ?? []).filter(spec => spec.quantization);
        expect(specs).toBe(encoded.length);
        expect((exportArtifacts(graph).weightData as ArrayBuffer).byteLength).toBe(bytes);
        copy.dispose();
        model.dispose();
      });
    }

    it('print, the text of their structure, is read again', async () => {
      const model = await load('mobilenet_v2_cifar');
      const text = print(await importModel(model)).replace(/(f32|i32)<[\dx]*>/g, 'f32<0: >');
      expect(print(parse(text))).toBe(text);
      model.dispose();
    });
  },
);
