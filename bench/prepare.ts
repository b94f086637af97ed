import {existsSync} from 'node:fs';
import {mkdir, readFile, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {saveModel} from '../node/save_model.js';
import {exportArtifacts, exportModel} from '../src/graph/export_model.js';
import {quantize, toOnnx} from '../src/index.js';
import {MODELS} from './models/index.js';
import type {BenchModel} from './peers/peer.js';

/** What `model.json` of a prepared model says besides its files. */
interface Facts {
  readonly inputShape: readonly number[];
  readonly macs: number;
}

/** What stayed float in an int8 model: how many nodes of each op, with the reason. */
export type FloatNodes = ReadonlyArray<{
  readonly op: string;
  readonly reason: string;
  readonly count: number;
}>;

/**
 * Writes a model of the benchmark into its folder: float and int8 as GraphModels, float.onnx and int8.onnx.
 *
 * Peers get the float model as a converter leaves it, batch norms folded and activations fused. Their int8 model is
 * quantized with relu6: 'keep', because the caps of each channel that equalization makes cost our kernels nothing and
 * onnxruntime an operation more.
 */
export async function prepare(name: string, folder: string): Promise<FloatNodes> {
  const unfolded = MODELS[name]('batch-norm');
  const fused = MODELS[name]('fused');
  await rm(folder, {recursive: true, force: true});
  await mkdir(folder, {recursive: true});
  const at = (file: string) => path.join(folder, file);
  const float = await exportModel(unfolded.graph);
  const statistics = 'batch-norm';
  const quantized = await quantize(float, {statistics});
  const capless = await quantize(float, {statistics, relu6: 'keep'});
  const converted = await exportModel(fused.graph);
  await saveModel(at('float'), exportArtifacts(fused.graph));
  await quantized.save(`file://${at('int8')}`);
  await writeFile(at('float.onnx'), await toOnnx(converted));
  await writeFile(at('int8.onnx'), await toOnnx(capless));
  const facts: Facts = {inputShape: fused.inputShape, macs: fused.macs};
  await writeFile(at('facts.json'), JSON.stringify(facts));
  for (const model of [float, quantized, capless, converted]) model.dispose();
  return counted(quantized.report.floatNodes);
}

function counted(nodes: ReadonlyArray<{op: string; reason: string}>): FloatNodes {
  const groups = new Map<string, {op: string; reason: string; count: number}>();
  for (const {op, reason} of nodes) {
    const group = groups.get(`${op} ${reason}`) ?? {op, reason, count: 0};
    group.count++;
    groups.set(`${op} ${reason}`, group);
  }
  return [...groups.values()];
}

/** A model that {@link prepare} has written. */
export async function prepared(name: string, folder: string): Promise<BenchModel> {
  const read = async (file: string) => new Uint8Array(await readFile(path.join(folder, file)));
  if (!existsSync(folder)) throw new Error(`'${folder}' is not prepared`);
  const facts = JSON.parse(new TextDecoder().decode(await read('facts.json'))) as Facts;
  return {name, ...facts, read};
}
