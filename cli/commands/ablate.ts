import {
  type Ablation,
  ablationJson,
  ablationPlot,
  type AblationRow,
  ablationTable,
  combinations,
} from '../study/ablation.js';
import {nameOf, type Widths} from '../study/candidate.js';
import {modelName} from '../study/model_name.js';
import {plainAnd, STUDIED_PASSES} from '../study/passes.js';
import {runStudy, type StudyOptions} from '../study/study.js';
import {writeStudy} from '../study/write_study.js';
import type {Terminal} from '../terminal.js';

export type AblateOptions = StudyOptions;

/** `dfq ablate`: passes switched on in turn, and each switched off alone. */
export async function ablateCommand(
  location: string,
  options: AblateOptions,
  terminal: Terminal,
): Promise<void> {
  const {bits = 8, weightBits = bits, activationBits = bits, without = []} = options;
  const widths: Widths = {weights: weightBits, activations: activationBits};
  const tried = combinations(STUDIED_PASSES.filter(name => !without.includes(name)));
  const ablation = await runStudy(location, options, tried.length, terminal, async study => {
    const rows: AblationRow[] = [];
    for (const {name, passes} of tried)
      rows.push({name, passes, ...(await study.measure(name, widths, plainAnd(passes)))});
    const {inputs, float} = study.yardstick;
    return {
      model: modelName(location),
      widths: nameOf(widths),
      perChannel: options.perChannel ?? false,
      inputs,
      float,
      rows,
    } satisfies Ablation;
  });
  await writeStudy(
    {
      table: ablationTable(ablation),
      json: ablationJson(ablation),
      plot: document => ablationPlot(ablation, document),
    },
    options,
    terminal,
  );
}
