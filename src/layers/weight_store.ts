import type {Constant} from '../graph/constant.js';
import {DfqError} from '../graph/dfq_error.js';

export interface StoredWeight {
  readonly name: string;
  readonly value: Constant;
}

/** The weights of a LayersModel, found by layer as tfjs finds them: by name. */
export class WeightStore {
  private readonly byName = new Map<string, StoredWeight[]>();

  constructor(weights: Iterable<StoredWeight>) {
    for (const weight of weights) this.add(weight);
  }

  /**
   * A weight of a layer.
   *
   * @param path names of the models and wrappers around the layer, outermost first, and its own
   * @throws DfqError if there is none, or if two layers have it under one name
   */
  find(path: readonly string[], weight: string): StoredWeight {
    for (const name of namesOf(path, weight)) {
      const [found, ...others] = this.byName.get(name) ?? [];
      if (others.length > 0) {
        throw new DfqError(`two layers have a weight '${name}'; give layers names of their own`);
      }
      if (found !== undefined) return found;
    }
    throw new DfqError(
      `layer '${path.join('/')}' has no weight '${weight}'; save the model again, with all its weights`,
    );
  }

  private add(weight: StoredWeight): void {
    for (const name of new Set([weight.name, withoutCell(weight.name)])) {
      this.byName.set(name, [...(this.byName.get(name) ?? []), weight]);
    }
  }
}

/** TensorFlow 2.2 and later put the cell's name into it: 'lstm/lstm_cell/kernel'. */
function withoutCell(name: string): string {
  const tokens = name.split('/');
  return [...tokens.slice(0, -2), tokens[tokens.length - 1]].join('/');
}

/**
 * Names under which a weight may be stored, the surest first: under the whole path, under its inner
 * parts, and under the wrapper alone, whose scope is all that a wrapped layer's weights have.
 */
function namesOf(path: readonly string[], weight: string): string[] {
  const suffixes = path.map((_, i) => path.slice(i));
  const wrappers = path.slice(0, -1).map((_, i) => path.slice(i, -1));
  return [...suffixes, ...wrappers].map(names => [...names, weight].join('/'));
}
