import {Command, Option} from 'commander';
import type {EvaluateOptions} from './commands/evaluate.js';
import type {ExportOptions} from './commands/export.js';
import type {InspectOptions} from './commands/inspect.js';
import type {QuantizeOptions} from './commands/quantize.js';
import type {ReportOptions} from './commands/report.js';
import type {RewriteOptions} from './commands/rewrite.js';
import {addPreprocessingOptions, addQuantizationOptions, MODEL} from './option_groups.js';
import {parseCount} from './options.js';
import {addStudies} from './study_program.js';
import type {Terminal} from './terminal.js';

/** The `dfq` command line: what each command takes. Commands are loaded when they run, so that help is quick. */
export function makeProgram(terminal: Terminal, version: string): Command {
  const program = new Command('dfq')
    .description(
      'Turn a float TensorFlow.js GraphModel into an INT8 one without data, and measure it.',
    )
    .version(version)
    .helpCommand(false)
    .configureOutput({
      writeOut: text => terminal.out.write(text),
      writeErr: text => terminal.err.write(text),
      outputError: (text, write) => write(`${oneLine(text).replace(/^error: /, 'dfq: ')}\n`),
    })
    .exitOverride()
    .addHelpText('after', PROGRAM_HELP);
  addQuantize(program, terminal);
  addEvaluate(program, terminal);
  addInspect(program, terminal);
  addReport(program, terminal);
  addRewrite(program, terminal);
  addExport(program, terminal);
  addStudies(program, terminal);
  return program;
}

/** Messages of several lines, as tfjs and commander write some, in one. */
export function oneLine(text: string): string {
  return text.trim().replace(/\s*\n\s*/g, ' ');
}

const PROGRAM_HELP = `
Examples:
  $ dfq inspect  model/model.json
  $ dfq quantize model/model.json --out model-int8
  $ dfq evaluate model-int8/model.json --images val --labels val/labels.csv --against model/model.json

Every command has its own help: dfq quantize --help`;

function addQuantize(program: Command, terminal: Terminal): void {
  const command = program
    .command('quantize')
    .summary('make an INT8 model of a float model')
    .description(
      'Make an INT8 model of a float model, without data, and say what became of every layer. ' +
        'The folder is written only when everything has worked.',
    )
    .argument('<model>', MODEL)
    .requiredOption('--out <dir>', 'folder for the INT8 model');
  addQuantizationOptions(command)
    .option('--calibrate <dir>', 'folder of JPEG and PNG files to take statistics of')
    .option('--calibration-images <n>', 'how many of them (default: 64)', parseCount)
    .option('--resize <n>', 'for --calibrate, as in dfq evaluate', parseCount)
    .option('--crop <n>', 'for --calibrate, as in dfq evaluate', parseCount)
    .option(
      '--sidecar <file>',
      'JSON of the batch norms that the converter folded (scripts/sidecar.ts)',
    )
    .option('--report <file>', 'write the report too: .html (a page with plots), .json or .txt')
    .addHelpText('after', QUANTIZE_HELP)
    .action(async (model: string, options: QuantizeOptions) => {
      const {quantizeCommand} = await import('./commands/quantize.js');
      await quantizeCommand(model, options, terminal);
    });
}

const QUANTIZE_HELP = `
Put the model before --skip and --without, which take everything up to the next option.

Examples:
  $ dfq quantize model/model.json --out model-int8
  $ dfq quantize model/model.json --out model-int8 --mean 123.675 116.28 103.53 --std 58.395 57.12 57.375
  $ dfq quantize model/model.json --out model-int8 --calibrate photos --activation-range mse
  $ dfq quantize model/model.json --out model-int8 --per-channel --weight-bits 4 --report report.html
  $ dfq quantize model/model.json --out plain-int8 --without equalize-layers correct-bias`;

function addEvaluate(program: Command, terminal: Terminal): void {
  const command = program
    .command('evaluate')
    .summary('measure a classifier on labelled images')
    .description(
      'Measure a classifier on labelled images: top-1, top-5, milliseconds per image, and how often ' +
        'its first class is that of a second model.',
    )
    .argument('<model>', MODEL)
    .requiredOption('--images <dir>', 'folder of JPEG and PNG files')
    .requiredOption(
      '--labels <file>',
      "CSV file with the header 'file,label' and a class index per image",
    )
    .addOption(
      new Option('--backend <name>', 'what runs the model')
        .choices(['int8', 'wasm', 'cpu'])
        .default('int8'),
    )
    .option('--threads <n>', 'threads of int8 (default: the cores, at most 8)', parseCount);
  addPreprocessingOptions(command)
    .option(
      '--against <model>',
      'second model, for the agreement; it runs on wasm, or on int8 if it is an INT8 model',
    )
    .option(
      '--json',
      'print {"top1", "top5", "agreement", "images", "msPerImage"}, shares in percent',
    )
    .addHelpText('after', EVALUATE_HELP)
    .action(async (model: string, options: EvaluateOptions) => {
      const {evaluateCommand} = await import('./commands/evaluate.js');
      await evaluateCommand(model, options, terminal);
    });
}

const EVALUATE_HELP = `
Images are scaled bilinearly with antialiasing, as by Pillow. Grey images become RGB, alpha is
dropped; a model with one input channel gets the luma. The time is that of the model alone, after
one run to warm up.

Examples:
  $ dfq evaluate model-int8/model.json --images val --labels val/labels.csv
  $ dfq evaluate model/model.json --backend wasm --images val --labels val/labels.csv --mean 0 --std 255
  $ dfq evaluate model-int8/model.json --images val --labels val/labels.csv --limit 100 \\
      --mean 123.675 116.28 103.53 --std 58.395 57.12 57.375 --against model/model.json --json`;

function addInspect(program: Command, terminal: Terminal): void {
  const command = program
    .command('inspect')
    .summary('show what a model is made of')
    .description(
      'Show inputs, outputs, operations, multiply-accumulates, weights and bytes of a model, and what ' +
        'quantize would do to each of its nodes under the same options.',
    )
    .argument('<model>', MODEL);
  addQuantizationOptions(command)
    .option('--json', 'print the same as JSON')
    .addHelpText('after', INSPECT_HELP)
    .action(async (model: string, options: InspectOptions) => {
      const {inspectCommand} = await import('./commands/inspect.js');
      await inspectCommand(model, options, terminal);
    });
}

const INSPECT_HELP = `
Examples:
  $ dfq inspect model/model.json
  $ dfq inspect https://example.com/model/model.json --json`;

function addReport(program: Command, terminal: Terminal): void {
  program
    .command('report')
    .summary('show what became of every layer of an INT8 model')
    .description('Show the report that an INT8 model carries, or write it into a file.')
    .argument('<model>', MODEL)
    .option('--out <file>', 'write it there: .html (a page with plots), .json or .txt')
    .addHelpText('after', REPORT_HELP)
    .action(async (model: string, options: ReportOptions) => {
      const {reportCommand} = await import('./commands/report.js');
      await reportCommand(model, options, terminal);
    });
}

const REPORT_HELP = `
Examples:
  $ dfq report model-int8/model.json
  $ dfq report model-int8/model.json --out report.html`;

function addRewrite(program: Command, terminal: Terminal): void {
  program
    .command('rewrite')
    .summary('apply float passes only')
    .description(
      'Apply passes that keep the model float and its function the same, and save the result.',
    )
    .argument('<model>', MODEL)
    .requiredOption('--out <dir>', 'folder for the rewritten model')
    .option('--passes <pass...>', 'passes to apply', ['fold-batch-norm'])
    .addHelpText('after', REWRITE_HELP)
    .action(async (model: string, options: RewriteOptions) => {
      const {rewriteCommand} = await import('./commands/rewrite.js');
      await rewriteCommand(model, options, terminal);
    });
}

const REWRITE_HELP = `
Put the model before --passes, which takes everything up to the next option.

Examples:
  $ dfq rewrite model/model.json --out model-folded
  $ dfq rewrite model/model.json --out model-equalized --passes fold-batch-norm equalize-layers`;

function addExport(program: Command, terminal: Terminal): void {
  program
    .command('export')
    .summary('write a model as ONNX')
    .description(
      'Write a model as an ONNX file of the same inputs and outputs. An INT8 model becomes one of int8 ' +
        'weights between QuantizeLinear and DequantizeLinear (QDQ), a float model a float one.',
    )
    .argument('<model>', MODEL)
    .requiredOption('--out <file>', 'the .onnx file')
    .addOption(
      new Option('--activations <type>', 'what holds INT8 activations')
        .choices(['uint8', 'int8'])
        .default('uint8'),
    )
    .addHelpText('after', EXPORT_HELP)
    .action(async (model: string, options: ExportOptions) => {
      const {exportCommand} = await import('./commands/export.js');
      await exportCommand(model, options, terminal);
    });
}

const EXPORT_HELP = `
Examples:
  $ dfq export model-int8/model.json --out model-int8.onnx
  $ dfq export model/model.json --out model.onnx`;
