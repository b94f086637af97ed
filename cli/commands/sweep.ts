import {nameOf, type Widths} from '../study/candidate.js';
import {plainAnd, STUDIED_PASSES} from '../study/passes.js';
import {runStudy, type StudyOptions} from '../study/study.js';
import {modelName} from '../study/model_name.js';
import {type Sweep, sweepJson, sweepPlot, type SweepPoint, sweepTable} from '../study/sweep.js';
import {writeStudy} from '../study/write_study.js';
import type {Terminal} from '../terminal.js';

export interface SweepOptions extends Omit<StudyOptions, 'bits'> {
  bits: number[];
  weightsOnly?: boolean;
  activationsOnly?: boolean;
}

/** `dfq sweep`: plain and data-free quantization at every bit width. */
export async function sweepCommand(
  location: string,
  options: SweepOptions,
  terminal: Terminal,
): Promise<void> {
  const {bits, weightsOnly, activationsOnly, ...shared} = options;
  if (weightsOnly && activationsOnly)
    throw new Error('--weights-only and --activations-only exclude each other');
  const sweep = await runStudy(
    location,
    shared,
    2 * bits.length,
    terminal,
    async (study): Promise<Sweep> => {
      const points: SweepPoint[] = [];
      for (const count of bits) {
        const widths: Widths = {
          weights: activationsOnly ? undefined : count,
          activations: weightsOnly ? undefined : count,
        };
        const measure = (name: string, passes: Parameters<typeof study.measure>[2]) =>
          study.measure(`${name} ${nameOf(widths)}`, widths, passes);
        points.push({
          bits: count,
          plain: await measure('plain', plainAnd([])),
          dfq: await measure('data-free', plainAnd(STUDIED_PASSES)),
        });
      }
      const {inputs, float} = study.yardstick;
      return {
        model: modelName(location),
        part: weightsOnly ? 'weights' : activationsOnly ? 'activations' : 'weights and activations',
        perChannel: options.perChannel ?? false,
        inputs,
        float,
        points,
      };
    },
  );
  await writeStudy(
    {
      table: sweepTable(sweep),
      json: sweepJson(sweep),
      plot: document => sweepPlot(sweep, document),
    },
    options,
    terminal,
  );
}
