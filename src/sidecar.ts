import type {GraphModel} from '@tensorflow/tfjs-converter';
import {DfqError} from './graph/dfq_error.js';
import type {Graph} from './graph/graph.js';
import {layersOf} from './graph/layer.js';
import {type FloatModel} from './float_model.js';
import {resolveOptions} from './options.js';
import {runPipeline} from './passes/pipeline.js';
import {importChecked} from './quantize.js';
import {type Sidecar, SIDECAR_FORMAT, type SidecarEntry} from './statistics/sidecar.js';

/**
 * What the batch norms of a model tell, for a GraphModel of the same network that the converter has folded
 * them away in: `dfq.quantize(folded, {sidecar: await dfq.sidecar(original)})`.
 *
 * @param model a LayersModel, or a GraphModel with its batch norms in it; it stays as it is
 * @throws DfqError for a model without batch norms that layers feed
 */
export async function sidecar(model: FloatModel | GraphModel): Promise<Sidecar> {
  const graph = await importChecked(model);
  const names = new Map(layersOf(graph).map(({node, output}) => [node.name, [node.name, output]]));
  const isOn = (pass: string) => pass === 'canonicalize' || pass === 'fold-batch-norm';
  const {plan} = await runPipeline(graph, resolveOptions({}, graph).pass, isOn);
  const layers: Record<string, SidecarEntry> = {};
  for (const {node, output} of layersOf(graph)) {
    const moments = plan.batchNormMoments.get(output);
    if (moments === undefined) continue;
    const aliases = aliasesOf(graph, output, names.get(node.name) ?? []);
    const name = layerName(node.name);
    const own = {beta: rounded(moments.mean), gamma: rounded(moments.std)};
    layers[name] = {...own, aliases: aliases.filter(alias => alias !== name)};
  }
  if (Object.keys(layers).length > 0) return {format: SIDECAR_FORMAT, version: 1, layers};
  throw new DfqError(
    'sidecar: the model has no batch norm behind a layer; give the one that was converted',
  );
}

/** As many digits as a float32 has. */
function rounded(values: Float64Array): number[] {
  return [...values].map(value => Number(value.toPrecision(9)));
}

/** 'conv1/Conv2D' is the layer 'conv1' in Keras. */
function layerName(node: string): string {
  return node.replace(/\/(Conv2D|convolution|depthwise|DepthwiseConv2D\w*|MatMul)$/i, '');
}

/** The batch norm, which the folded layer's output has its name from, and the activation. */
function aliasesOf(graph: Graph, output: string, before: readonly string[]): string[] {
  const activation = graph.soleUser(output)?.name;
  const nodes = [output, ...(activation === undefined ? [] : [activation])];
  return [...new Set(nodes.filter(node => !before.includes(node)).map(batchNormName))];
}

/** 'conv1_bn/FusedBatchNormV3' is the layer 'conv1_bn'. */
function batchNormName(node: string): string {
  return node.replace(/\/(FusedBatchNorm(V\d)?|batchnorm(\/\w+)?|Relu6?|LeakyRelu|Elu)$/, '');
}
