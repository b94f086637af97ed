import {DfqError} from '../graph/dfq_error.js';
import type {Graph, Node} from '../graph/graph.js';
import {type Layer, layersOf} from '../graph/layer.js';
import type {ChannelMoments} from './tensor_statistics.js';

/** What batch norm told of one layer before it was folded. */
export interface SidecarEntry {
  /** β: mean of each output channel before the activation. */
  readonly beta: readonly number[];
  /** |γ|: standard deviation of each output channel; with ε that matters, |γ| √(σ² / (σ² + ε)). */
  readonly gamma: readonly number[];
  /** Other names by which a converter may know the layer: its batch norm's, its activation's. */
  readonly aliases?: readonly string[];
}

/**
 * Statistics of batch norms that are no longer in the model, for `dfq.quantize(model, {sidecar})`.
 * `scripts/sidecar.ts` writes one from the model that the graph was converted from.
 */
export interface Sidecar {
  readonly format: typeof SIDECAR_FORMAT;
  readonly version: 1;
  /** By the name of the layer (convolution or dense layer) that the batch norm followed. */
  readonly layers: Readonly<Record<string, SidecarEntry>>;
}

export const SIDECAR_FORMAT = 'tfjs-dfq-sidecar';

/** @throws DfqError that says what is wrong with it */
export function checkSidecar(value: unknown): Sidecar {
  const {format, version, layers} = recordOf(value) ?? {};
  if (format !== SIDECAR_FORMAT) {
    throw new DfqError(`sidecar: its format is not '${SIDECAR_FORMAT}'`);
  }
  if (version !== 1) throw new DfqError(`sidecar: version ${String(version)} is not known; 1 is`);
  const entries = Object.entries(recordOf(layers) ?? {});
  if (entries.length === 0) throw new DfqError('sidecar: it has no layers');
  for (const [name, entry] of entries) checkEntry(name, recordOf(entry) ?? {});
  return value as Sidecar;
}

function checkEntry(name: string, {beta, gamma, aliases = []}: Record<string, unknown>): void {
  const isList = (list: unknown, isValid: (x: unknown) => boolean): list is unknown[] =>
    Array.isArray(list) && list.every(isValid);
  if (!isList(beta, Number.isFinite) || !isList(gamma, Number.isFinite)) {
    throw new DfqError(`sidecar: beta and gamma of '${name}' must be lists of numbers`);
  }
  if (beta.length !== gamma.length || beta.length === 0) {
    throw new DfqError(
      `sidecar: '${name}' has ${beta.length} beta and ${gamma.length} gamma; it must be one each a channel`,
    );
  }
  if (!isList(aliases, alias => typeof alias === 'string')) {
    throw new DfqError(`sidecar: aliases of '${name}' must be a list of names`);
  }
}

function recordOf(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)
    : undefined;
}

export interface MatchedSidecar {
  /** By the name of the layer's output. */
  readonly moments: ReadonlyMap<string, ChannelMoments>;
  /** Entries for which the graph has no layer, and why. */
  readonly unmatched: ReadonlyMap<string, string>;
}

/**
 * Finds the layer that each entry describes. An entry belongs to a layer when its name or an alias is
 * the name of the layer's node, bias, filter or activation, or whole components of it: 'conv1' is in
 * 'model/conv1/Conv2D', not in 'conv10/Conv2D'. Where several layers fit, the number of channels and
 * the longest name decide.
 *
 * @throws DfqError where no entry has a layer
 */
export function matchSidecar(graph: Graph, {layers}: Sidecar): MatchedSidecar {
  const candidates = layersOf(graph).map(layer => ({layer, names: namesOf(graph, layer)}));
  const moments = new Map<string, ChannelMoments>();
  const unmatched = new Map<string, string>();
  for (const [name, entry] of Object.entries(layers)) {
    const keys = [name, ...(entry.aliases ?? [])];
    const named = candidates.filter(({names}) =>
      names.some(own => keys.some(key => has(own, key))),
    );
    const fitting = named.filter(({layer}) => layer.outChannels === entry.beta.length);
    if (fitting.length === 1) {
      moments.set(fitting[0].layer.output, {
        mean: Float64Array.from(entry.beta),
        std: Float64Array.from(entry.gamma, Math.abs),
      });
    } else {
      unmatched.set(name, reasonFor(named.length, fitting.length, entry.beta.length));
    }
  }
  if (moments.size > 0) return {moments, unmatched};
  const some = candidates.slice(0, 3).map(({layer}) => `'${layer.node.name}'`);
  throw new DfqError(
    `sidecar: none of its ${unmatched.size} layers is in the model, whose layers are ${some.join(', ')} …`,
  );
}

function reasonFor(named: number, fitting: number, channels: number): string {
  if (named === 0) return 'the model has no layer of that name';
  return fitting === 0
    ? `the layer of that name has not ${channels} channels`
    : `${fitting} layers have that name`;
}

/** Is `key` some of the components of `name`? */
function has(name: string, key: string): boolean {
  return `/${name}/`.includes(`/${key}/`);
}

/** The nodes that belong to a layer, by name: filter, layer, bias, and what alone reads it. */
function namesOf(graph: Graph, {node, bias, output}: Layer): string[] {
  const parts: (Node | undefined)[] = [node, graph.producer(node, 1), bias];
  if (bias !== undefined) parts.push(graph.producer(bias, 1));
  const user = graph.soleUser(output);
  if (user !== undefined && /^(Relu6?|LeakyRelu|Prelu|Elu|Selu|Sigmoid|Tanh)$/.test(user.op)) {
    parts.push(user);
  }
  return parts.flatMap(part => {
    if (part === undefined) return [];
    // The converter calls the constants that it folds 'conv1/Conv2D_weights', 'conv1/Conv2D_bn_offset'.
    return [part.name, part.name.replace(/_(weights|bn_offset)$/, '')];
  });
}
