import {type Command, Option} from 'commander';
import {parseChannels, parseCount, parseDivisors, parseInteger, parseNumber} from './options.js';

/** What a model argument may be. */
export const MODEL = 'path of model.json or of its folder, or a URL (http://, https://, file://)';

/** How a model is quantized, and how pixels enter it. */
export function addQuantizationOptions(command: Command): Command {
  return addSchemeOptions(addBitsOptions(command))
    .option(
      '--mean <m>',
      'mean and --std tell how pixels v of 0–255 enter the model, (v − mean) / std: one number, or R G B',
      parseChannels,
    )
    .option('--std <s>', 'see --mean; give both or neither', parseDivisors);
}

export function addBitsOptions(command: Command): Command {
  return command
    .option('--bits <n>', 'bits of weights and activations, 2 to 8 (default: 8)', parseInteger)
    .option('--weight-bits <n>', 'bits of weights, where they differ', parseInteger)
    .option('--activation-bits <n>', 'bits of activations, where they differ', parseInteger);
}

/** How a model is quantized, widths aside. */
export function addSchemeOptions(command: Command): Command {
  return command
    .option('--per-channel', 'one weight scale per output channel instead of one per layer')
    .option('--symmetric', 'zero points are 0')
    .option('--symmetric-weights', 'zero points of weights are 0')
    .option('--symmetric-activations', 'zero points of activations are 0')
    .addOption(
      new Option('--scales <kind>', 'any scales, or powers of two (default: float)').choices([
        'float',
        'power-of-two',
      ]),
    )
    .option('--skip <node...>', 'nodes that stay float')
    .option(
      '--keep-float <node...>',
      'as --skip; or auto: keep the nodes float that hurt the outputs most (takes many runs of the model)',
    )
    .option(
      '--max-drop <x>',
      'relative error of the outputs that --keep-float auto lets through (default: 0.1, which is 20 dB)',
      parseNumber,
    )
    .addOption(
      new Option('--equalize <what>', 'what equalization evens out').choices([
        'weights-and-activations',
        'weights',
      ]),
    )
    .addOption(
      new Option('--weight-range <rule>', 'which range of weights a grid covers').choices([
        'min-max',
        'mse',
      ]),
    )
    .addOption(
      new Option('--rounding <how>', 'how weights are rounded (default: auto)').choices([
        'auto',
        'nearest',
        'flip',
        'feedback',
      ]),
    )
    .addOption(
      new Option('--bias-correction <mode>', 'how biases are corrected (default: auto)').choices([
        'auto',
        'analytic',
        'empirical',
        'both',
      ]),
    )
    .option('--without <pass...>', 'passes to leave out, which shows what each is worth')
    .addOption(
      new Option('--statistics <source>', 'where statistics of activations come from').choices([
        'auto',
        'calibration',
        'batch-norm',
        'sidecar',
        'probe',
      ]),
    )
    .addOption(
      new Option('--activation-range <rule>', 'how ranges follow from observed values').choices([
        'auto',
        'min-max',
        'percentile',
        'mse',
        'entropy',
      ]),
    )
    .option('--percentile <p>', 'for the rule percentile (default: 99.99)', parseNumber);
}

/** How images enter a classifier, and which. */
export function addPreprocessingOptions(command: Command): Command {
  return addSizeOptions(addScalingOptions(command))
    .option('--label-offset <n>', 'add n to every label', parseInteger, 0)
    .option('--limit <n>', 'use the first n images only', parseCount)
    .option('--batch <n>', 'images per run of the model', parseCount, 1);
}

/** How pixels enter a model. */
export function addScalingOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--mean <m>', 'pixels v of 0–255 enter as (v − mean) / std: one number, or R G B')
        .argParser(parseChannels)
        .default([127.5], '127.5'),
    )
    .addOption(
      new Option('--std <s>', 'see --mean').argParser(parseDivisors).default([127.5], '127.5'),
    );
}

/** How images come to the size that a model takes. */
export function addSizeOptions(command: Command): Command {
  return command
    .option(
      '--resize <n>',
      'scale the shorter side to n pixels (default: 256 for a crop of 224, else the crop)',
      parseCount,
    )
    .option(
      '--crop <n>',
      "cut n × n pixels out of the middle (default: the model's input size, else 224)",
      parseCount,
    );
}
