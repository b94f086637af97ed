import {type Graph, parseRef} from '../graph/graph.js';
import type {QuantizationPlan} from '../passes/plan.js';
import {gridOfBits} from '../quant/grid.js';
import {dequantizeValue, type QuantParams, quantizeValue} from '../quant/quant_params.js';
import {probeInputs, type ProbeOptions} from '../statistics/model_inputs.js';
import {PROBE_SIZE} from '../statistics/probe.js';
import {runGraph} from '../statistics/run_graph.js';
import {decibels} from './figures.js';

/** How many inputs of the probe the noise is measured on: others than those that ranges come from. */
const SAMPLES = 2;

/** Signal-to-noise ratios of a tensor on the probe, in dB; absent where there is no signal or no noise. */
export interface ActivationNoise {
  /** Of the int8 model against the float one: with all errors of the layers before. */
  readonly sqnr?: number;
  /** Of the float values put on the tensor's own grid: what the grid alone costs. */
  readonly gridSqnr?: number;
}

/**
 * Runs both graphs on the same generated inputs and compares tensors.
 *
 * @param float the graph as it was quantized
 * @param int8 what became of it
 * @param refs float tensors; those that neither graph shows (inside loops) are left out of the result
 * @param bits of the activations
 */
export async function activationNoise(
  float: Graph,
  int8: Graph,
  plan: QuantizationPlan,
  refs: readonly string[],
  {bits, probe}: {bits: number; probe: ProbeOptions},
): Promise<Map<string, ActivationNoise>> {
  const meters = new Map(refs.map(ref => [ref, new NoiseMeter(plan.activations.get(ref), bits)]));
  const shown = new Map(refs.map(ref => [shownAs(int8, ref), ref]));
  await runGraph(int8, samplesOf(int8, probe), tensor => {
    const meter = meters.get(shown.get(tensor.ref) ?? '');
    meter?.addActual(tensor.values(), tensor.ref.includes('/int8'));
  });
  await runGraph(float, samplesOf(float, probe), tensor => {
    if (tensor.dtype === 'float32') meters.get(tensor.ref)?.addWanted(tensor.values());
  });
  return new Map(
    [...meters].filter(([, meter]) => meter.seen).map(([ref, meter]) => [ref, meter.noise()]),
  );
}

function samplesOf(graph: Graph, probe: ProbeOptions) {
  return Array.from({length: SAMPLES}, (_, i) => () => probeInputs(graph, PROBE_SIZE + i, probe));
}

/** Where the int8 graph has the values of a float tensor. */
function shownAs(int8: Graph, ref: string): string {
  const {node} = parseRef(ref);
  return int8.has(`${node}/int8`) ? `${node}/int8` : ref;
}

/** Noise of one tensor. What int8 gave is kept, a byte a value, until the float values come by. */
class NoiseMeter {
  private readonly kept: {values: Int8Array | Float32Array; isInt8: boolean}[] = [];
  private signal = 0;
  private error = 0;
  private gridError = 0;
  seen = false;

  constructor(
    private readonly params: QuantParams | undefined,
    private readonly bits: number,
  ) {}

  addActual(values: ArrayLike<number>, isInt8: boolean): void {
    this.kept.push({values: isInt8 ? Int8Array.from(values) : Float32Array.from(values), isInt8});
  }

  addWanted(wanted: ArrayLike<number>): void {
    const actual = this.kept.shift();
    if (actual?.values.length !== wanted.length) return;
    this.seen = true;
    const {values} = actual;
    const params = actual.isInt8 ? this.params : undefined;
    const grid = gridOfBits(this.bits);
    for (let i = 0; i < wanted.length; i++) {
      const x = wanted[i];
      const got = params ? dequantizeValue(values[i], params) : values[i];
      this.signal += x * x;
      this.error += (got - x) ** 2;
      if (params !== undefined)
        this.gridError += (dequantizeValue(quantizeValue(x, params, grid), params) - x) ** 2;
    }
  }

  noise(): ActivationNoise {
    const {signal, error, gridError} = this;
    return {sqnr: decibels(signal, error), gridSqnr: decibels(signal, gridError)};
  }
}
