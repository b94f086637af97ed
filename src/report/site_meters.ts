import type {Graph} from '../graph/graph.js';
import {dequantizeValue} from '../quant/quant_params.js';
import {runGraph} from '../statistics/run_graph.js';
import type {InputSource} from '../statistics/model_inputs.js';
import {scoredTensors} from '../statistics/scored_tensors.js';
import type {forcedGraph, Int8Site} from './forced_graph.js';
import {TensorError, type WorstChannel} from './tensor_error.js';

/** One int8 op against the float tensor that it stands for. Ratios in dB, Infinity without noise. */
export interface LayerComparison {
  /** The float node whose value it is: with a layer's bias and activation where they are fused. */
  readonly name: string;
  readonly op: string;
  /** Signal-to-noise ratio, with the errors of all ops before. */
  readonly sqnr: number;
  /** Of the op alone: fed by the float operands, put on their grids. */
  readonly ownSqnr: number;
  readonly cosine: number;
  readonly worstChannel?: WorstChannel;
}

export interface OutputComparison {
  readonly name: string;
  readonly sqnr: number;
  readonly cosine: number;
}

/** Measures every site twice: fed by the float graph, and in the int8 model. */
export class SiteMeters {
  private readonly total = new Map<string, TensorError>();
  private readonly own = new Map<string, TensorError>();
  private readonly outputRefs: readonly string[];
  /** Where the int8 model has the float tensors. */
  private readonly places: ReadonlyMap<string, string>;

  constructor(
    float: Graph,
    private readonly int8: Graph,
    private readonly sites: readonly Int8Site[],
    private readonly forced: ReturnType<typeof forcedGraph>,
  ) {
    this.outputRefs = scoredTensors(float).filter(ref => int8.has(ref.split(':')[0]));
    this.places = new Map([
      ...this.outputRefs.map(ref => [ref, ref] as const),
      ...sites.map(({ref, int8: {name}}) => [ref, name] as const),
    ]);
  }

  async measure(make: InputSource): Promise<void> {
    const wanted = new Map<string, Float32Array>();
    const {graph, nodes} = this.forced;
    const reals = this.realsByRef();
    const siteOf = new Map([...nodes].map(([ref, name]) => [name, ref]));
    const floatRefs = [...this.places.keys()];
    await runGraph(
      graph,
      [make],
      ({ref, shape, values}) => {
        const site = siteOf.get(ref);
        if (site === undefined) wanted.set(ref, Float32Array.from(values()));
        else add(this.own, site, shape, wanted.get(site), reals(site, values()));
      },
      [...floatRefs, ...nodes.values()],
    );
    const refOf = new Map([...this.places].map(([ref, name]) => [name, ref]));
    await runGraph(
      this.int8,
      [make],
      ({ref: name, shape, values}) => {
        const ref = refOf.get(name) ?? name;
        const real = this.places.get(ref) === ref ? values() : reals(ref, values());
        add(this.total, ref, shape, wanted.get(ref), real);
      },
      [...refOf.keys()],
    );
  }

  layer({ref, op}: Int8Site): LayerComparison {
    const [total, own] = [this.total.get(ref), this.own.get(ref)];
    return {
      name: ref,
      op,
      sqnr: total?.sqnr ?? Infinity,
      ownSqnr: own?.sqnr ?? Infinity,
      cosine: total?.cosine ?? 1,
      worstChannel: total?.worstChannel,
    };
  }

  outputs(): OutputComparison[] {
    return this.outputRefs.flatMap(name => {
      const error = this.total.get(name);
      return error ? [{name, sqnr: error.sqnr, cosine: error.cosine}] : [];
    });
  }

  /** Real values of a site's result. */
  private realsByRef() {
    const grids = new Map(this.sites.map(({ref, grid}) => [ref, grid]));
    return (ref: string, values: ArrayLike<number>): ArrayLike<number> => {
      const grid = grids.get(ref);
      return grid ? Float32Array.from(values, q => dequantizeValue(q, grid)) : values;
    };
  }
}

/** Tensors whose size depends on their values can't be compared where sizes differ. */
function add(
  errors: Map<string, TensorError>,
  ref: string,
  shape: readonly number[],
  wanted: Float32Array | undefined,
  actual: ArrayLike<number>,
): void {
  if (wanted?.length !== actual.length) return;
  const error = errors.get(ref) ?? new TensorError(shape[shape.length - 1] ?? 1);
  errors.set(ref, error);
  error.add(wanted, actual);
}
