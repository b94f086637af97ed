import {type Command, Option} from 'commander';
import type {AblateOptions} from './commands/ablate.js';
import type {CompareOptions} from './commands/compare.js';
import type {SweepOptions} from './commands/sweep.js';
import {
  addBitsOptions,
  addPreprocessingOptions,
  addScalingOptions,
  addSchemeOptions,
  addSizeOptions,
  MODEL,
} from './option_groups.js';
import {parseCount, parseIntegers} from './options.js';
import type {Terminal} from './terminal.js';

/** The commands that quantize a model in many ways and compare. */
export function addStudies(program: Command, terminal: Terminal): void {
  addSweep(program, terminal);
  addAblate(program, terminal);
  addCompare(program, terminal);
}

function addSweep(program: Command, terminal: Terminal): void {
  const command = program
    .command('sweep')
    .summary('accuracy against bit width, plain and data-free')
    .description(
      'Quantize a float model to each of several bit widths, plainly and by data-free quantization, and ' +
        'measure both. Up to 8 bits the int8 backend runs the models; above, a simulation of them.',
    )
    .argument('<model>', MODEL)
    .addOption(
      new Option('--bits <list>', 'bit widths from 2 to 16, such as 4..16 or 4,6,8')
        .argParser(parseIntegers)
        .default(parseIntegers('4..16'), '4..16'),
    )
    .option('--weights-only', 'activations stay float')
    .option('--activations-only', 'weights stay float');
  addStudyOptions(addSchemeOptions(command), 'lines')
    .addHelpText('after', SWEEP_HELP)
    .action(async (model: string, options: SweepOptions) => {
      const {sweepCommand} = await import('./commands/sweep.js');
      await sweepCommand(model, options, terminal);
    });
}

const INPUTS_HELP = `
With --images and --labels the figure is top-1; with --images alone it is how often the first class is
that of the float model. Without images, the model runs on
generated inputs, 32 or --limit: compare such figures with
each other only. SQNR is the signal-to-noise ratio of the outputs, float being the signal.`;

const SWEEP_HELP = `${INPUTS_HELP}

Examples:
  $ dfq sweep model/model.json --bits 4,6,8
  $ dfq sweep model/model.json --images val --labels val/labels.csv --plot sweep.png --json sweep.json
  $ dfq sweep model/model.json --images val --weights-only --per-channel --plot sweep.svg`;

function addAblate(program: Command, terminal: Terminal): void {
  const command = program
    .command('ablate')
    .summary('what each pass is worth')
    .description(
      'Quantize a float model with the passes switched on in turn, then with each switched off alone, and ' +
        'measure every combination.',
    )
    .argument('<model>', MODEL);
  addStudyOptions(addSchemeOptions(addBitsOptions(command)), 'bars')
    .addHelpText('after', ABLATE_HELP)
    .action(async (model: string, options: AblateOptions) => {
      const {ablateCommand} = await import('./commands/ablate.js');
      await ablateCommand(model, options, terminal);
    });
}

const ABLATE_HELP = `${INPUTS_HELP}
More than 8 bits are simulated. 'plain' folds batch norm and rounds.

Examples:
  $ dfq ablate model/model.json
  $ dfq ablate model/model.json --images val --labels val/labels.csv --bits 6 --plot passes.png`;

function addCompare(program: Command, terminal: Terminal): void {
  const command = program
    .command('compare')
    .summary('where an INT8 model loses what')
    .description(
      'Compare each operation of an INT8 model with the float tensor that it stands for: signal-to-noise ' +
        'ratio with the errors of all operations before it and of its own, cosine, and the worst channel.',
    )
    .argument('<model>', `float model: ${MODEL}`)
    .argument('[int8]', 'INT8 model made of it; by default it is quantized by the options given');
  const groups = addSizeOptions(addScalingOptions(addSchemeOptions(addBitsOptions(command))));
  addFileOptions(groups, 'bars')
    .option('--images <dir>', 'folder of JPEG and PNG files; without it, inputs are generated')
    .option('--limit <n>', 'how many inputs (default: 4)', parseCount)
    .addHelpText('after', COMPARE_HELP)
    .action(async (model: string, int8: string | undefined, options: CompareOptions) => {
      const {compareCommand} = await import('./commands/compare.js');
      await compareCommand(model, int8, options, terminal);
    });
}

const COMPARE_HELP = `
The float tensors are those of the float model as it was quantized: its channels are equalized. An
INT8 model says itself how it was made; of one that its options do not give again, such as one made
with calibration data, some operations may not be compared.

Examples:
  $ dfq compare model/model.json
  $ dfq compare model/model.json model-int8/model.json --images val --limit 16 --plot layers.svg
  $ dfq compare model/model.json --bits 6 --per-channel --json layers.json`;

/** What the model is measured on, and where the figures go. */
function addStudyOptions(command: Command, plot: string): Command {
  command
    .option('--images <dir>', 'folder of JPEG and PNG files; without it, inputs are generated')
    .option('--labels <file>', "CSV file with the header 'file,label' and a class index per image");
  return addFileOptions(addPreprocessingOptions(command), plot);
}

function addFileOptions(command: Command, plot: string): Command {
  return command
    .option('--json <file>', 'write the figures as JSON')
    .option('--plot <file>', `draw them as ${plot}: .svg or .png`);
}
