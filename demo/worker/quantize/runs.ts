import type {GraphModel} from '@tensorflow/tfjs-converter';
import {dispose, type NamedTensorMap, type Tensor} from '@tensorflow/tfjs-core';
import {artifactsOf} from '../../../src/graph/import_model.js';
import {hasControlFlow} from '../../../src/statistics/run_graph.js';
import {type Backend, useBackend} from '../backend.js';

/** An output of one run. */
export interface Output {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** What a model made of its inputs, and how long an app would wait for it. */
export interface Run {
  readonly outputs: readonly Output[];
  readonly milliseconds: number;
}

/** A model, the backend that it runs on, and inputs that lie there. */
export class Runner {
  private constructor(
    private readonly model: GraphModel,
    private readonly backend: Backend,
    private readonly inputs: NamedTensorMap,
    private readonly isAsync: boolean,
  ) {}

  /** @param make makes the inputs on the current backend; they are disposed of at the {@link end} */
  static async start(
    model: GraphModel,
    backend: Backend,
    make: () => NamedTensorMap,
  ): Promise<Runner> {
    await useBackend(backend);
    const {modelTopology} = artifactsOf(model);
    const {node: nodes = []} = (modelTopology ?? {}) as {node?: ReadonlyArray<{op: string}>};
    return new Runner(model, backend, make(), hasControlFlow({nodes}));
  }

  /** Runs the model once and reads its outputs. */
  async run(): Promise<Run> {
    await useBackend(this.backend);
    const names = this.model.outputs.map(({name}) => name);
    const start = performance.now();
    const result = this.isAsync
      ? await this.model.executeAsync(this.inputs, names)
      : this.model.execute(this.inputs, names);
    const tensors: Tensor[] = Array.isArray(result) ? result : [result];
    try {
      const values = await Promise.all(tensors.map(tensor => tensor.data()));
      const milliseconds = performance.now() - start;
      const outputs = tensors.map(({shape}, i) => ({
        name: names[i].replace(/:0$/, ''),
        shape,
        values: Float32Array.from(values[i]),
      }));
      return {outputs, milliseconds};
    } finally {
      dispose(tensors);
    }
  }

  end(): void {
    dispose(this.inputs);
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}
